"""How pages speak of calls."""

from customers.models import Call

Outcome = Call.Outcome

# Unfold's colours of labels.
OUTCOME_COLOURS = {
    Outcome.ANSWERED.value: "success",
    Outcome.TRANSFERRED.value: "info",
    Outcome.HUNG_UP.value: "primary",
    Outcome.SILENCE.value: "warning",
    Outcome.NOT_REACHED.value: "warning",
    Outcome.FAILED.value: "danger",
    Outcome.REJECTED.value: "danger",
}

"""The calls that we begin ourselves, kept until Vapi tells of them and as long as the same request may come again."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from customers.models import Call, Customer, StartedCall

# Longer than the longest plan; so long the same key means the same call.
KEPT = timedelta(days=60)


def take_up(decision_id: str, *, vapi_id: str) -> bool:
    """Whether a call with Vapi's id may count as the one that was decided: what we begin is good for the first only.

    Else whoever has once seen what a browser was given could have calls of his own counted as the customer's.
    """
    begun = StartedCall.objects.filter(decision_id=decision_id)
    begun.filter(vapi_id="").update(vapi_id=vapi_id)
    return not begun.exclude(vapi_id=vapi_id).exists()


def customer_of(decision_id: str) -> Customer | None:
    """For whom the call was begun that was decided so; None where it is none of ours."""
    return Customer.objects.filter(started_calls__decision_id=decision_id).first() if decision_id else None


def complete(call: Call) -> None:
    """Adds to a call that we began what was decided then, unless that stands there already; does not save it."""
    if call.reason or not call.decision_id:
        return
    started = StartedCall.objects.filter(decision_id=call.decision_id).first()
    if started is None:
        return
    call.decided_at = started.created_at
    call.reason, call.rule, call.variant = started.reason, started.rule, started.variant
    call.version, call.line = started.version, started.line or call.line


def old(*, at: datetime) -> QuerySet[StartedCall]:
    """What began so long ago that nobody asks for it any more."""
    return StartedCall.objects.filter(due_at__lt=at - KEPT)


def forget_old(*, at: datetime) -> int:
    """Deletes what is old; how many."""
    return old(at=at).delete()[0]

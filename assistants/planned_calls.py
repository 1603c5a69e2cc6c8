"""Calls that are planned at Vapi, taken back where their customer may not be called any more."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from assistants.calls_at_vapi import deletion
from customers.call_news import CallNews
from customers.duties import NotDone, Step, has_failed
from customers.models import Call, StartedCall
from customers.reports import record

DUTY = "planned calls"
# Vapi's own reason for what ended so (`endedReason` in its OpenAPI), by which we know that deleting cancels.
_TAKEN_BACK = "scheduled-call-deleted"
# See outbound_permission.check_customer.
_NOT_TO_BE_CALLED = (
    Q(customer__do_not_call=True)
    | Q(customer__active=False)
    | Q(customer__blocked=True)
    | Q(customer__call_consent_at=None)
)


def is_wanted(*, at: datetime) -> bool:
    """Whether a call is to be taken back."""
    return _unwanted(at).exists() or has_failed(DUTY)


def take_back(*, at: datetime) -> Iterator[Step]:
    """Deletes at Vapi what is planned for later than `at`; the same order may come again then.

    Raises NotDone where any could not be deleted.
    """
    calls, done = list(_unwanted(at)), 0
    with deletion() as delete:
        for position, call in enumerate(calls, start=1):
            if not delete(call.vapi_id):
                _forget(call, at=at)
                done += 1
            yield Step(f"{done:,} {'call' if done == 1 else 'calls'} taken back.", done, position / len(calls))
    if left := len(calls) - done:
        what = "a planned call" if left == 1 else f"{left:,} planned calls"
        raise NotDone(f"Vapi did not delete {what} to customers who are not to be called: do it there.")


def _unwanted(at: datetime) -> QuerySet[StartedCall]:
    planned = StartedCall.objects.filter(type=Call.Type.OUTBOUND, due_at__gt=at).exclude(vapi_id="")
    return planned.filter(_NOT_TO_BE_CALLED)


@transaction.atomic
def _forget(call: StartedCall, *, at: datetime) -> None:
    """Without an end in time, as it never began: nobody remembers it as the last call."""
    told = CallNews(call.vapi_id, told_at=at, type=call.type, status="ended", ended_reason=_TAKEN_BACK)
    record(told)
    call.delete()

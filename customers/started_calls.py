"""The calls that we begin ourselves, kept until Vapi tells of them and as long as the same request may come again."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from customers.models import Call, StartedCall

# Longer than the longest plan; so long the same key means the same call.
KEPT = timedelta(days=60)


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

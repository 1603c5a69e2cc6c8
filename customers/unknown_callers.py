"""Who calls often without being known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef

from customers.models import Call, ContactPoint

DAYS, FEWEST_CALLS, MOST_SHOWN = 30, 2, 100


@dataclass(frozen=True, slots=True)
class UnknownCaller:
    """A number or address that no customer has, with its calls of the last DAYS days."""

    number: str
    calls: int
    last_at: datetime


def unknown_callers(*, at: datetime) -> list[UnknownCaller]:
    """Those with at least FEWEST_CALLS calls, who called most often first; at most MOST_SHOWN."""
    calls = Call.objects.order_by().filter(
        customer=None, type=Call.Type.INBOUND, created_at__gte=at - timedelta(days=DAYS)
    )
    nobodys = calls.exclude(number="").exclude(Exists(ContactPoint.objects.filter(value=OuterRef("number"))))
    callers = nobodys.values("number").annotate(calls=Count("pk"), last_at=Max("created_at"))
    often = callers.filter(calls__gte=FEWEST_CALLS).order_by("-calls", "-last_at", "number")
    return [UnknownCaller(**each) for each in often[:MOST_SHOWN]]

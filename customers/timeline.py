"""A customer's calls, newest first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from customers.models import Call

ON_CUSTOMERS_PAGE, PER_PAGE = 5, 25


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of calls, without transcripts; `older` is what to ask for the next page, "" where there is none."""

    calls: Sequence[Call]
    older: str


def read_timeline(customer_id: int, *, before: str = "", most: int = PER_PAGE) -> Timeline:
    """The calls before that place, of which an earlier page told; the newest where it is none."""
    calls = Call.objects.filter(customer=customer_id).defer("transcript", "structured_data", "metadata")
    if place := _place(before):
        at, pk = place
        calls = calls.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk), created_at__lte=at)
    found = list(calls.order_by("-created_at", "-pk")[: most + 1])
    shown = found[:most]
    return Timeline(shown, f"{shown[-1].created_at.isoformat()}_{shown[-1].pk}" if len(found) > most else "")


def _place(text: str) -> tuple[datetime, int] | None:
    at, _, pk = text.partition("_")
    try:
        place = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
    return place if place[0].tzinfo and 0 <= place[1] < 2**63 else None

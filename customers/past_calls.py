"""The calls that came in last, as far as it is known who called."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Call


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call as it was recorded: the caller's number or address ("" where it was withheld), the line's name, when."""

    address: str
    line: str
    at: datetime


def last_inbound_calls(*, most: int) -> list[PastCall]:
    """At most so many inbound calls, the latest first; not those of which nothing personal is kept any more."""
    calls = Call.objects.filter(type=Call.Type.INBOUND, erased_at=None).order_by("-created_at", "-pk")
    return [PastCall(*row) for row in calls.values_list("number", "line", "created_at")[:most]]

"""The first page's figures of calls, as it shows them: rows of bars, each with its numbers beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from customers.call_figures import CallsLately, calls_lately, midnight
from customers.models import Call

_MAY_SEE = "customers.view_call"
_MOST_REASONS = 8
_REASONS = {
    "emergency": "emergency switch",
    "blocked": "blocked customer",
    "requested": "asked for by name",
    "line-fallback": "line's fallback",
    "site-fallback": "site's fallback",
}
_SOURCES = {"last-known": "from what was last known", "fallback": "by a fallback", "spoken": "by an apology"}


class Part(NamedTuple):
    """A part of a bar, from where it starts, in percent of the longest bar."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its label, its number and where that leads; its parts, drawn and in words."""

    label: str
    count: int
    url: str
    parts: Sequence[Part]
    words: str = ""


def figures(request: HttpRequest) -> dict[str, Any]:
    """What the page says of calls; nothing to who may not see them."""
    if not request.user.has_perm(_MAY_SEE):
        return {}
    lately = calls_lately(at=timezone.now())
    return {
        "calls_lately": lately,
        "call_days": _days(lately),
        "call_reasons": _bars(lately.reasons[:_MOST_REASONS], "reason", lately, _reason_in_words),
        "calls_not_live": _bars(lately.not_live, "source", lately, lambda source: _SOURCES.get(source, source)),
        "known_percent": round(100 * lately.known / lately.inbound) if lately.inbound else None,
    }


def _days(lately: CallsLately) -> list[Bar]:
    longest = max((day.calls for day in lately.days), default=0) or 1
    labels = dict(Call.Type.choices)
    return [
        Bar(
            label=format_date(day.day, "D j M"),
            count=day.calls,
            url=_calls(**_within(day.day)),
            parts=_parts({kind: day.types[kind] for kind in labels}, longest),
            words=", ".join(f"{day.types[kind]} {str(labels[kind]).lower()}" for kind in labels if day.types[kind]),
        )
        for day in lately.days
    ]


def _within(day: date) -> dict[str, str]:
    """The day as times, which the index by time knows."""
    start, end = midnight(day), midnight(day + timedelta(days=1))
    return {"created_at__gte": start.isoformat(), "created_at__lt": end.isoformat()}


def _reason_in_words(reason: str) -> str:
    rule = reason.removeprefix("rule:")
    return _REASONS.get(reason, reason) if rule == reason else f"“{rule}”"


def _bars(
    counted: Sequence[tuple[str, int]], field: str, lately: CallsLately, in_words: Callable[[str], str]
) -> list[Bar]:
    longest = max((count for _, count in counted), default=1)
    since = lately.since.isoformat()
    return [
        Bar(in_words(value), count, _calls(**{field: value, "created_at__gte": since}), _parts({field: count}, longest))
        for value, count in counted
    ]


def _parts(counts: Mapping[str, int], longest: int) -> list[Part]:
    starts = accumulate(counts.values(), initial=0)
    return [
        Part(kind, round(100 * start / longest, 2), round(100 * count / longest, 2))
        for (kind, count), start in zip(counts.items(), starts, strict=False)
        if count
    ]


def _calls(**filters: str) -> str:
    return f"{reverse('admin:customers_call_changelist')}?{urlencode(filters)}"

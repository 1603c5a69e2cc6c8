"""The impact of publishing on calls that came: which of the last would be answered differently if they came again."""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from assistants.impact import Comparison, Shift, comparison_on, first_shift
from assistants.impact_summary import calls_summary
from assistants.ruleset import Ruleset, Switches
from customers.directory import Caller, find_caller
from customers.past_calls import PastCall, last_inbound_calls
from customers.phone_numbers import masked, read_caller

MOST_CALLS = 200
MOST_EXAMPLES = 10


@dataclass(slots=True)
class Judged:
    """The latest calls, counted: how many, how many on no line that is on record, and who would hear what else."""

    asked: int = 0
    without_line: int = 0
    changed: dict[Shift, list[tuple[PastCall, Caller]]] = field(default_factory=lambda: defaultdict(list))


def impact_on_calls(
    *, before: Ruleset, after: Ruleset, switches: Switches, until: float, names: bool
) -> dict[str, Any]:
    """The last MOST_CALLS as JSON; fewer, the latest ones, where the monotonic clock reaches `until` before.

    With `names` customers are named and linked; without, callers are masked numbers.
    """
    judged = _judge(last_inbound_calls(most=MOST_CALLS), before, after, switches, until=until)
    shifts = sorted(judged.changed.items(), key=lambda item: -len(item[1]))
    return {
        "asked": judged.asked,
        "without_line": judged.without_line,
        "summary": calls_summary(asked=judged.asked, changed=sum(len(calls) for _, calls in shifts)),
        "shifts": [_shown(shift, calls, names=names) for shift, calls in shifts],
    }


def _judge(calls: Iterable[PastCall], before: Ruleset, after: Ruleset, switches: Switches, *, until: float) -> Judged:
    @cache
    def compared(line: str) -> Comparison:
        return comparison_on(line, before=before, after=after)

    judged = Judged()
    for call in calls:
        if judged.asked and time.monotonic() >= until:
            break
        caller = find_caller(read_caller(numbers=[call.address], sip_uris=[], region=settings.DEFAULT_REGION))
        if shift := first_shift(callers=[caller], among=[compared(call.line)], at=call.at, switches=switches):
            judged.changed[shift].append((call, caller))
        judged.asked += 1
        judged.without_line += not call.line
    return judged


def _shown(shift: Shift, calls: list[tuple[PastCall, Caller]], *, names: bool) -> dict[str, Any]:
    return {
        "label": str(shift),
        "count": len(calls),
        "examples": [
            {"at": call.at.isoformat(), "line": call.line, **_who(caller, names=names)}
            for call, caller in calls[:MOST_EXAMPLES]
        ],
    }


def _who(caller: Caller, *, names: bool) -> dict[str, str]:
    """How the caller is called, and where there is a page to see, its address."""
    if caller.address.withheld:
        return {"name": "withheld"}
    if not names:
        return {"name": masked(caller.address.shown)}
    if caller.customer is None:
        return {"name": caller.address.shown}
    url = reverse("admin:customers_customer_change", args=[caller.customer.pk])
    return {"name": caller.customer.name or caller.customer.id, "url": url}

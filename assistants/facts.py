"""Everything that a decision may rest on, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from assistants.incoming import IncomingCall
from customers.directory import NOBODY, Caller
from customers.remembered import NO_HISTORY, CallHistory


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Everything a decision may rest on: the call, the caller, the line's name and time zone, and the moment."""

    call: IncomingCall
    caller: Caller
    at: datetime
    line: str | None = None
    line_timezone: str = "UTC"
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    # Only a web call that our API starts for a signed-in customer: there the caller is proven, not just claimed.
    signed_in: bool = False
    # Each trait's value as rules compare it, by the trait's key and parameter: read once, however many rules ask.
    compared: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    _local: dict[str, datetime] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def history(self) -> CallHistory:
        """What is remembered of the customer's earlier calls; nothing where nobody in particular is calling."""
        customer = self.caller.customer
        return customer.calls.as_of(self.at) if customer else NO_HISTORY

    def local_time(self, timezone: str) -> datetime:
        """The moment in the time zone of that name, or of the line where there is none."""
        name = timezone or self.line_timezone
        if name not in self._local:
            self._local[name] = self.at.astimezone(_zone(name))
        return self._local[name]

    def disclosable(self) -> "KnownFacts":
        """The same, as prompts may have it: without what only steers rules, because a shared number's owners agree."""
        if self.caller.customer:
            return self
        return replace(self, caller=replace(self.caller, agreed=NOBODY))


@cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)

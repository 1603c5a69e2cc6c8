"""When we may call somebody of our own accord: by the clock of the person who is called (plain Python, no Django)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

_DAYS = 9


@dataclass(frozen=True, slots=True)
class CallingHours:
    """Quiet from one time of day until another (the same twice: never), and on all but these weekdays (0 is Monday)."""

    quiet_from: time
    quiet_until: time
    weekdays: frozenset[int]

    def allow(self, at: datetime, zone: str) -> bool:
        """Whether somebody in this time zone may be called at that moment."""
        local = at.astimezone(ZoneInfo(zone))
        return local.weekday() in self.weekdays and not self._is_quiet(local.time())

    def next_allowed(self, at: datetime, zone: str) -> datetime | None:
        """The moment itself, or the next one (UTC) at which calls are allowed; None: never."""
        return self._first(at, zone, lambda moment: self.allow(moment, zone))

    def next_quiet(self, at: datetime, zone: str) -> datetime | None:
        """The moment itself, or the next one (UTC) at which calls are not allowed; None where they always are."""
        return self._first(at, zone, lambda moment: not self.allow(moment, zone))

    def _is_quiet(self, clock: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until

    def _first(self, at: datetime, zone: str, holds: Callable[[datetime], bool]) -> datetime | None:
        moments = sorted(moment for moment in self._changes(at, zone) if moment > at)
        return next((moment for moment in [at, *moments] if holds(moment)), None)

    def _changes(self, at: datetime, zone: str) -> Iterator[datetime]:
        """All moments of the coming days at which the answer may become another; some twice, as clocks are set back."""
        today = at.astimezone(ZoneInfo(zone)).date()
        for day, fold in product(range(_DAYS), (0, 1)):
            for clock in (time(), self.quiet_from, self.quiet_until):
                local = datetime.combine(today + timedelta(days=day), clock, ZoneInfo(zone)).replace(fold=fold)
                yield local.astimezone(UTC)

"""Who calls, when and where, and what is true of it: said anew, without any of the code that decides."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

LINES = {
    "Support": {"number": "+13035550190", "timezone": "America/Denver"},
    "Sales": {"number": "+442079460990", "timezone": "Europe/London"},
}
HOLIDAYS = {"Closed": ["2026-06-03", "2026-10-25"], "Never": []}
NUMBERS = {"+13035550101": "us", "+441614960107": "gb", "+33142685300": "fr"}
WEEKDAYS = {"Mon-Fri": {1, 2, 3, 4, 5}, "Sat, Sun": {6, 7}, "Fri-Mon": {5, 6, 7, 1}, "wed": {3}}
DATES = {text: date.fromisoformat(text[:10]) for text in ("2020-02-29", "2026-01-31T10:00:00Z", "2026-06-03")}


@dataclass(frozen=True)
class Situation:
    """One call. `person` is the customer, or what the owners of a shared number agree on, as plain values."""

    status: str
    at: datetime
    line: str | None
    number: str
    person: Json
    transport: str = "phone"
    headers: Json = field(default_factory=dict)
    # When the customer's calls began and, at once, ended, newest first; and what is known of the last.
    calls: tuple[datetime, ...] = ()
    last_call: Json = field(default_factory=dict)
    emergency: bool = False
    emergency_lines: frozenset[str] = frozenset()
    customer_pin: tuple[str, datetime] | None = None
    number_pin: tuple[str, datetime] | None = None

    def personal(self, name: str) -> Any:
        """A fact of the one customer who is calling."""
        return (self.person.get(name) or None) if self.status in {"known", "blocked"} else None

    def steering(self, name: str) -> Any:
        """A fact of the customer's, or of all who share the number."""
        return (self.person.get(name) or None) if self.status in {"known", "blocked", "ambiguous"} else None

    @property
    def remembered(self) -> tuple[datetime, ...]:
        """The calls of the one customer who is calling."""
        return self.calls if self.status in {"known", "blocked"} else ()

    def local(self, whose: str) -> datetime:
        """The time on the line, or at the customer's."""
        zone = LINES[self.line]["timezone"] if self.line else "UTC"
        if whose == "customer":
            zone = self.steering("timezone") or zone
        return self.at.astimezone(ZoneInfo(zone))


def fact(trait: str, parameter: str, here: Situation) -> Any:
    """What is so: text in small letters, lists as sets of it, None where nothing is known."""
    match trait.split("_"):
        case ["known" | "unknown" | "withheld" | "ambiguous" | "blocked"]:
            return here.status == trait
        case ["attribute", *kind]:
            return _attribute((here.personal("attributes") or {}).get(parameter), *kind)
        case ["line" | "customer" as whose, "date" | "time" | "weekday" | "holiday" as what]:
            return _of_the_day(here.local(whose), what, parameter)
    match trait:
        case "tier":
            return _small(here.steering("tier"))
        case "language":
            return _small((here.steering("language") or "")[:2] or None)
        case "name" | "email":
            return _small(here.personal(trait))
        case "customer_id":
            return _small(here.personal("id"))
        case "email_domain":
            return _small((here.personal("email") or "@").split("@")[1] or None)
        case "tags":
            return _set(here.personal("tags"))
        case "joined_on":
            return here.personal("joined_on")
        case "days_since_joining":
            joined = here.personal("joined_on")
            return (here.local("line").date() - joined).days if joined else None
        case "number":
            return None if here.status == "withheld" else here.number
        case "country":
            return None if here.status == "withheld" else NUMBERS[here.number]
        case "line":
            return _small(here.line)
        case "transport":
            return here.transport.lower()
        case "sip_header":
            return _small(here.headers.get(parameter.lower().replace("x-", "")))
        case "transfer_request":
            return False
        case "calls_in_days":
            return len([each for each in here.remembered if here.at - each <= timedelta(days=int(parameter))])
    ended_at = here.remembered[0] if here.remembered else None
    match trait:
        case "minutes_since_last_call":
            return int((here.at - ended_at).total_seconds()) // 60 if ended_at else None
        case "days_since_last_call":
            zone = here.local("line").tzinfo
            return (here.at.astimezone(zone).date() - ended_at.astimezone(zone).date()).days if ended_at else None
        case "last_call_ended" | "last_call_ended_reason":
            return _small(here.last_call[trait] or None) if ended_at else None
        case "last_call_summary" | "last_call_promise":
            fresh = ended_at and here.at - ended_at <= timedelta(days=int(parameter))
            return _small(here.last_call[trait] or None) if fresh else None
    raise AssertionError(f"{trait} is new: say here what is true of it")


def _small(text: str | None) -> str | None:
    return text.lower() if text else None


def _set(items: Any) -> set[str] | None:
    return {item.lower() for item in items} if items else None


def _attribute(value: Any, kind: str = "text") -> Any:
    match kind, value:
        case "text", bool():
            return "yes" if value else "no"
        case "text", list():
            return ", ".join(value).lower() or None
        case "text", _:
            return _small(None if value is None else str(value))
        case "number", (12 | 12.5 | "12") if not isinstance(value, bool):
            return float(value)
        case "date", str():
            return DATES.get(value)
        case "flag", bool() | "yes" | "No":
            return value in {True, "yes"}
        case "list", _:
            return _set(value if isinstance(value, list) else [_attribute(value)] if _attribute(value) else None)
    return None


def _of_the_day(local: datetime, what: str, holidays: str) -> Any:
    match what:
        case "date":
            return local.date()
        case "time":
            return local.time()
        case "weekday":
            return local.weekday() + 1
        case _:
            return f"{local:%Y-%m-%d}" in HOLIDAYS[holidays]


_OPPOSITES = {"is-not": "is", "none-of": "any-of", "not-contains": "contains", "not-starts-with": "starts-with"}
_OPPOSITES |= {"includes-none": "includes-any", "not-set": "set", "no": "yes"}


def is_true(condition: Json, here: Situation) -> bool:
    """Whether the condition, as it stands in the document, is true of the situation."""
    actual = fact(condition["trait"], condition.get("parameter", ""), here)
    typed, operator = condition.get("value", ""), condition["operator"]
    if operator in _OPPOSITES:
        return not _compare(_OPPOSITES[operator], actual, typed)
    return _compare(operator, actual, typed)


def _compare(operator: str, actual: Any, typed: str) -> bool:
    if operator == "yes":
        return actual is True
    if actual is None or operator == "set":
        return actual is not None
    if typed in WEEKDAYS:
        return actual in WEEKDAYS[typed]
    wanted = [_as_if(actual, word.strip()) for word in typed.split(",")]
    match operator:
        case "is" | "any-of":
            return any(actual == each for each in wanted)
        case "contains" | "includes-any" | "includes":
            return any(each in actual for each in wanted)
        case "includes-all":
            return all(each in actual for each in wanted)
        case "starts-with":
            return any(actual[: len(each)] == each for each in wanted)
        case "ends-with":
            return any(actual[-len(each) :] == each for each in wanted)
        case "between" if isinstance(actual, time):
            start, end = wanted
            return (start <= actual, actual < end, start >= end).count(True) >= 2
        case "between":
            return bool(sorted([*wanted, actual])[1] == actual)
        case _:
            order = (actual > wanted[0]) - (actual < wanted[0])
            return order in _ORDERS[operator]


_ORDERS = {"more-than": {1}, "at-least": {0, 1}, "less-than": {-1}, "at-most": {-1, 0}, "before": {-1}, "from": {0, 1}}


def _as_if(actual: Any, word: str) -> Any:
    match actual:
        case int() | float():
            return float(word)
        case time():
            return datetime.strptime(word, "%H:%M").time()  # noqa: DTZ007
        case date():
            return date.fromisoformat(word)
        case _:
            return word.lower()

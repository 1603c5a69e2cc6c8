"""What we know of a caller: rules test it, prompts speak it.

A trait is a row in TRAITS: its key, its label, its type, and a function that reads it from what is known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, tzinfo
from functools import cache
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from assistants.incoming import IncomingCall
from assistants.operators import ValueType, comparable
from customers.directory import NOBODY, Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import country_of


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Everything a decision may rest on: the call, the caller, the line's name and time zone, and the moment."""

    call: IncomingCall
    caller: Caller
    at: datetime
    line: str | None = None
    line_timezone: str = "UTC"
    _local: dict[str, datetime] = field(default_factory=dict, compare=False, repr=False)

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

    @property
    def today(self) -> date:
        """The date on the line."""
        return self.local_time(self.line_timezone).date()


Reader = Callable[[KnownFacts, str], Any]


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing to know of a caller. `parameter` says what further name it needs, if any.

    Only traits that are `spoken` may stand in variables: the others are about the call, not about the customer.
    """

    key: str
    label: str
    type: ValueType
    read: Reader
    parameter: str = ""
    spoken: bool = False


@cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def _status(status: CallerStatus) -> Reader:
    return lambda facts, _: facts.caller.status is status


def _steering(read: Callable[[CustomerFacts], Any]) -> Reader:
    """A fact that may steer rules also where several customers share the number and agree on it."""
    return lambda facts, _: read(facts.caller.agreed) or None


def _personal(read: Callable[[CustomerFacts], Any]) -> Reader:
    """A fact of the one customer who is calling."""
    return lambda facts, _: (read(facts.caller.customer) or None) if facts.caller.customer else None


def _attribute(convert: Callable[[Any], Any]) -> Reader:
    def read(facts: KnownFacts, name: str) -> Any:
        attributes = facts.caller.customer.attributes if facts.caller.customer else None
        value = attributes.get(name) if attributes else None
        return None if value is None else convert(value)

    return read


def as_text(value: Any) -> str | None:
    """Any fact as words: lists joined by commas, yes and no for flags; None for nothing."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(filter(None, map(as_text, value))) or None
        case float():
            return f"{value:.15g}"
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case _:
            return str(value) or None


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) and "_" not in str(value) else None


def _as_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except (ValueError, TypeError):
        return None


def _as_flag(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"yes": True, "true": True, "no": False, "false": False}.get(comparable(value))
    return value if isinstance(value, bool) else None


def _as_list(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(filter(None, map(as_text, values)))


def _primary_language(customer: CustomerFacts) -> str:
    """`es` of `es-MX`, since rules are about languages and seldom about their regions."""
    return customer.language.replace("_", "-").partition("-")[0].lower()


def _days_since_joining(facts: KnownFacts, _: str) -> int | None:
    customer = facts.caller.customer
    return (facts.today - customer.joined_on).days if customer and customer.joined_on else None


_ATTRIBUTE = "the attribute's name"

TRAITS = {
    trait.key: trait
    for trait in (
        Trait("known", "the caller is known", ValueType.BOOLEAN, _status(CallerStatus.KNOWN)),
        Trait("unknown", "the caller is unknown", ValueType.BOOLEAN, _status(CallerStatus.UNKNOWN)),
        Trait("withheld", "the number is withheld", ValueType.BOOLEAN, _status(CallerStatus.WITHHELD)),
        Trait("ambiguous", "several customers share the number", ValueType.BOOLEAN, _status(CallerStatus.AMBIGUOUS)),
        Trait("blocked", "the caller is blocked", ValueType.BOOLEAN, _status(CallerStatus.BLOCKED)),
        Trait("name", "name", ValueType.TEXT, _personal(lambda customer: customer.name), spoken=True),
        Trait("tier", "account type", ValueType.TEXT, _steering(lambda customer: customer.tier), spoken=True),
        Trait("tags", "tags", ValueType.LIST, _personal(lambda customer: customer.tags), spoken=True),
        Trait("language", "language", ValueType.TEXT, _steering(_primary_language), spoken=True),
        Trait(
            "country", "country of the number", ValueType.TEXT, lambda facts, _: country_of(facts.caller.address.number)
        ),
        Trait(
            "joined_on", "customer since", ValueType.DATE, _personal(lambda customer: customer.joined_on), spoken=True
        ),
        Trait("days_since_joining", "days since joining", ValueType.NUMBER, _days_since_joining, spoken=True),
        Trait("email", "e-mail", ValueType.TEXT, _personal(lambda customer: customer.email), spoken=True),
        Trait("customer_id", "customer's id", ValueType.TEXT, _personal(lambda customer: customer.id), spoken=True),
        Trait("attribute", "attribute (text)", ValueType.TEXT, _attribute(as_text), _ATTRIBUTE, spoken=True),
        Trait(
            "attribute_number", "attribute (number)", ValueType.NUMBER, _attribute(_as_number), _ATTRIBUTE, spoken=True
        ),
        Trait("attribute_date", "attribute (date)", ValueType.DATE, _attribute(_as_date), _ATTRIBUTE, spoken=True),
        Trait("attribute_flag", "attribute (yes/no)", ValueType.BOOLEAN, _attribute(_as_flag), _ATTRIBUTE, spoken=True),
        Trait("attribute_list", "attribute (list)", ValueType.LIST, _attribute(_as_list), _ATTRIBUTE, spoken=True),
        Trait("line", "line", ValueType.TEXT, lambda facts, _: facts.line),
        Trait("line_time", "time of day on the line", ValueType.TIME, lambda facts, _: facts.local_time("").time()),
        Trait(
            "line_weekday", "weekday on the line", ValueType.WEEKDAY, lambda facts, _: facts.local_time("").isoweekday()
        ),
        Trait(
            "customer_time",
            "time of day at the customer's",
            ValueType.TIME,
            lambda facts, _: facts.local_time(facts.caller.agreed.timezone).time(),
        ),
        Trait(
            "customer_weekday",
            "weekday at the customer's",
            ValueType.WEEKDAY,
            lambda facts, _: facts.local_time(facts.caller.agreed.timezone).isoweekday(),
        ),
    )
}

SPOKEN_TRAITS = [trait for trait in TRAITS.values() if trait.spoken]


def read_for_comparison(trait: Trait, facts: KnownFacts, parameter: str) -> Any:
    """The trait's value as operators compare it: text without regard to case, lists as sets of such text."""
    value = trait.read(facts, parameter)
    if isinstance(value, str):
        return comparable(value)
    if isinstance(value, tuple):
        return frozenset(map(comparable, value))
    return value

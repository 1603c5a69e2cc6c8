"""What we know of a caller: rules test it, prompts speak it.

A trait is a row in TRAITS: its key, its label, its type, and a function that reads it from what is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assistants.facts import KnownFacts
from assistants.operators import InvalidValue, Operator, Takes, ValueType, comparable
from assistants.placeholders import quoted_summary
from assistants.value_shapes import COUNTRY, DOMAIN, EMAIL, LANGUAGE, NUMBER, OUTCOME, TRANSPORT, Shape
from assistants.values import as_date, as_flag, as_list, as_number, as_text
from customers.directory import CallerStatus, CustomerFacts
from customers.phone_numbers import country_of

Reader = Callable[[KnownFacts, str], Any]

_MOST_DAYS = 400
_MOST_SUMMARY_DAYS = 90


def _any_name(parameter: str) -> None:
    """Whatever name there is, somebody may have it."""


def _days(most: int) -> Callable[[str], None]:
    def check(parameter: str) -> None:
        if not (parameter.isascii() and parameter.isdecimal() and 1 <= int(parameter) <= most):
            raise InvalidValue(f"“{parameter}” is not a number of days from 1 to {most}.")

    return check


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing to know of a caller. `parameter` says what further name it needs, if any.

    Only traits that are `spoken` may stand in variables: the others are about the call, not about the customer. Such
    a variable has the trait's `disclosure` unless staff choose another, and `framed` says in what words it stands.
    """

    key: str
    label: str
    type: ValueType
    read: Reader
    parameter: str = ""
    spoken: bool = False
    check_parameter: Callable[[str], None] = _any_name
    shape: Shape | None = None
    disclosure: str = "open"
    framed: Callable[[str], str] | None = None

    def check(self, parameter: str) -> None:
        """Raises InvalidValue where `parameter` is missing, senseless or one too many."""
        if parameter and not self.parameter:
            raise InvalidValue(f"“{self.label}” needs no further name: leave it empty.")
        if self.parameter and not parameter.strip():
            raise InvalidValue(f"“{self.label}” needs {self.parameter}.")
        self.check_parameter(parameter)

    def check_value(self, operator: Operator, text: str) -> None:
        """Raises InvalidValue where `text` cannot be compared with the trait, or no value could ever match it."""
        expected = operator.parse(text, self.type)
        if operator.takes is Takes.RANGE and self.type is not ValueType.TIME and expected[0] > expected[1]:
            raise InvalidValue(f"“{text}” ends before it begins: write the smaller value first.")
        if self.shape:
            self.shape.check(operator, text)


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


def _primary_language(customer: CustomerFacts) -> str:
    """`es` of `es-MX`, since rules are about languages and seldom about their regions."""
    return customer.language.replace("_", "-").partition("-")[0].lower()


def _days_since_joining(facts: KnownFacts, _: str) -> int | None:
    customer = facts.caller.customer
    return (facts.local_time("").date() - customer.joined_on).days if customer and customer.joined_on else None


def _email_domain(facts: KnownFacts, _: str) -> str | None:
    customer = facts.caller.customer
    return customer.email.rpartition("@")[2] or None if customer else None


def _sip_header(facts: KnownFacts, name: str) -> str | None:
    """Vapi hands the INVITE's X- headers on with the prefix cut and in lower case."""
    return facts.call.sip_headers.get(name.strip().lower().removeprefix("x-")) or None


def _holiday(timezone: Callable[[KnownFacts], str]) -> Reader:
    """Whether the local date stands in the holiday list of that name."""

    def read(facts: KnownFacts, name: str) -> bool:
        return facts.local_time(timezone(facts)).date() in facts.holidays.get(name, frozenset())

    return read


def _calls_in_days(facts: KnownFacts, days: str) -> int:
    since = facts.at - timedelta(days=int(days))
    return sum(began_at >= since for began_at in facts.history.began_at)


def _minutes_since_last_call(facts: KnownFacts, _: str) -> int | None:
    ended_at = facts.history.last_ended_at
    return (facts.at - ended_at) // timedelta(minutes=1) if ended_at else None


def _days_since_last_call(facts: KnownFacts, _: str) -> int | None:
    ended_at = facts.history.last_ended_at
    if not ended_at:
        return None
    today = facts.local_time("")
    return (today.date() - ended_at.astimezone(today.tzinfo).date()).days


def _last_call_summary(facts: KnownFacts, days: str) -> str | None:
    """The summary while it is not older than so many days, as words that are quoted and not ours."""
    history = facts.history
    if not history.last_ended_at or facts.at - history.last_ended_at > timedelta(days=int(days)):
        return None
    return history.last_summary or None


def _on_the_line(_: KnownFacts) -> str:
    return ""


def _at_the_customers(facts: KnownFacts) -> str:
    return facts.caller.agreed.timezone


def _time_of_day(timezone: Callable[[KnownFacts], str]) -> Reader:
    return lambda facts, _: facts.local_time(timezone(facts)).time()


def _weekday(timezone: Callable[[KnownFacts], str]) -> Reader:
    return lambda facts, _: facts.local_time(timezone(facts)).isoweekday()


def _local_date(timezone: Callable[[KnownFacts], str]) -> Reader:
    return lambda facts, _: facts.local_time(timezone(facts)).date()


_ATTRIBUTE = "the attribute's name"
_HEADER = "the header's name, such as X-Account"
_HOLIDAYS = "the holiday list's name"
_DAYS = "a number of days"

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
        Trait("language", "language", ValueType.TEXT, _steering(_primary_language), spoken=True, shape=LANGUAGE),
        Trait(
            "country",
            "country of the number",
            ValueType.TEXT,
            lambda facts, _: country_of(facts.caller.address.number),
            shape=COUNTRY,
        ),
        Trait(
            "joined_on", "customer since", ValueType.DATE, _personal(lambda customer: customer.joined_on), spoken=True
        ),
        Trait("days_since_joining", "days since joining", ValueType.NUMBER, _days_since_joining, spoken=True),
        Trait("email", "e-mail", ValueType.TEXT, _personal(lambda customer: customer.email), spoken=True, shape=EMAIL),
        Trait("customer_id", "customer's id", ValueType.TEXT, _personal(lambda customer: customer.id), spoken=True),
        Trait("attribute", "attribute (text)", ValueType.TEXT, _attribute(as_text), _ATTRIBUTE, spoken=True),
        Trait(
            "attribute_number", "attribute (number)", ValueType.NUMBER, _attribute(as_number), _ATTRIBUTE, spoken=True
        ),
        Trait("attribute_date", "attribute (date)", ValueType.DATE, _attribute(as_date), _ATTRIBUTE, spoken=True),
        Trait("attribute_flag", "attribute (yes/no)", ValueType.BOOLEAN, _attribute(as_flag), _ATTRIBUTE, spoken=True),
        Trait("attribute_list", "attribute (list)", ValueType.LIST, _attribute(as_list), _ATTRIBUTE, spoken=True),
        Trait("number", "caller's number", ValueType.TEXT, lambda facts, _: facts.caller.address.number, shape=NUMBER),
        Trait("email_domain", "e-mail domain", ValueType.TEXT, _email_domain, shape=DOMAIN),
        Trait("line", "line", ValueType.TEXT, lambda facts, _: facts.line),
        Trait(
            "transport",
            "transport (phone, SIP, web)",
            ValueType.TEXT,
            lambda facts, _: facts.call.transport.value,
            shape=TRANSPORT,
        ),
        Trait(
            "transfer_request",
            "an assistant asks where to transfer the call",
            ValueType.BOOLEAN,
            lambda facts, _: facts.call.asks_for_transfer,
        ),
        Trait("sip_header", "SIP header", ValueType.TEXT, _sip_header, _HEADER),
        Trait("line_date", "date on the line", ValueType.DATE, _local_date(_on_the_line)),
        Trait("line_time", "time of day on the line", ValueType.TIME, _time_of_day(_on_the_line)),
        Trait("line_weekday", "weekday on the line", ValueType.WEEKDAY, _weekday(_on_the_line)),
        Trait("line_holiday", "it is a holiday on the line", ValueType.BOOLEAN, _holiday(_on_the_line), _HOLIDAYS),
        Trait("customer_time", "time of day at the customer's", ValueType.TIME, _time_of_day(_at_the_customers)),
        Trait("customer_weekday", "weekday at the customer's", ValueType.WEEKDAY, _weekday(_at_the_customers)),
        Trait(
            "customer_holiday",
            "it is a holiday at the customer's",
            ValueType.BOOLEAN,
            _holiday(_at_the_customers),
            _HOLIDAYS,
        ),
        Trait(
            "calls_in_days",
            "calls in the last days",
            ValueType.NUMBER,
            _calls_in_days,
            _DAYS,
            check_parameter=_days(_MOST_DAYS),
        ),
        Trait(
            "minutes_since_last_call",
            "minutes since the last call",
            ValueType.NUMBER,
            _minutes_since_last_call,
            spoken=True,
        ),
        Trait("days_since_last_call", "days since the last call", ValueType.NUMBER, _days_since_last_call, spoken=True),
        Trait(
            "last_call_ended",
            "how the last call ended",
            ValueType.TEXT,
            lambda facts, _: facts.history.last_outcome or None,
            spoken=True,
            shape=OUTCOME,
        ),
        Trait(
            "last_call_ended_reason",
            "how the last call ended, in Vapi's words",
            ValueType.TEXT,
            lambda facts, _: facts.history.last_ended_reason or None,
        ),
        Trait(
            "last_call_summary",
            "the last call's summary",
            ValueType.TEXT,
            _last_call_summary,
            "for how many days it may be used, such as 30",
            spoken=True,
            check_parameter=_days(_MOST_SUMMARY_DAYS),
            disclosure="verified",
            framed=quoted_summary,
        ),
    )
}

SPOKEN_TRAITS = [trait for trait in TRAITS.values() if trait.spoken]


def usual_disclosure(key: str) -> str:
    """Whether a variable of this trait is `open` or `verified` unless staff choose."""
    return TRAITS[key].disclosure if key in TRAITS else "open"


def read_for_comparison(trait: Trait, facts: KnownFacts, parameter: str) -> Any:
    """The trait's value as operators compare it: text without regard to case, lists as sets of such text."""
    value = trait.read(facts, parameter)
    if isinstance(value, str):
        return comparable(value)
    if isinstance(value, tuple):
        return frozenset(map(comparable, value))
    return value

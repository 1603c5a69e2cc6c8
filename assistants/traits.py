"""What we know of a caller: rules test it, prompts speak it.

A trait is a row in TRAITS: its key, its label, its type, and a function that reads it from what is known.
"""

from collections.abc import Callable
from typing import Any

from assistants.call_traits import CALL_TRAITS
from assistants.facts import KnownFacts
from assistants.operators import ValueType
from assistants.trait import Reader, Trait
from assistants.value_shapes import COUNTRY, DOMAIN, EMAIL, LANGUAGE, NUMBER, TRANSPORT
from assistants.values import as_date, as_flag, as_list, as_number, as_text
from customers.directory import CallerStatus, CustomerFacts
from customers.phone_numbers import country_of


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
        *CALL_TRAITS,
    )
}

SPOKEN_TRAITS = [trait for trait in TRAITS.values() if trait.spoken]


def usual_disclosure(key: str) -> str:
    """Whether a variable of this trait is `open` or `verified` unless staff choose."""
    return TRAITS[key].disclosure if key in TRAITS else "open"

"""What is known of a caller, read for rules and for prompts."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from assistants.facts import CallHistory, KnownFacts
from assistants.incoming import IncomingCall
from assistants.traits import TRAITS, as_text, read_for_comparison
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress

ADA = CustomerFacts(
    id="c001",
    name="Ada Example",
    email="ada@example.com",
    tier="Gold",
    joined_on=date(2023, 4, 1),
    language="es-MX",
    timezone="Europe/London",
    tags=("VIP", "beta"),
    attributes={
        "seats": 12,
        "plan": "Pro",
        "renews": "2027-01-31",
        "beta": True,
        "colours": ["Red", "blue"],
        "n": None,
    },
)
NOON_IN_LONDON = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)


def facts(customer: CustomerFacts | None = ADA, status: CallerStatus = CallerStatus.KNOWN) -> KnownFacts:
    address = CallerAddress(("+441614960107",), "+441614960107")
    caller = Caller(address, status, customer, customer or CustomerFacts(id=""))
    return KnownFacts(
        IncomingCall(sip_headers={"account": "A-7"}),
        caller,
        NOON_IN_LONDON,
        line="Support",
        line_timezone="America/Denver",
        holidays={"Closed": frozenset({date(2026, 1, 16)})},
        history=CallHistory(
            (NOON_IN_LONDON - timedelta(hours=1), NOON_IN_LONDON - timedelta(days=3)),
            NOON_IN_LONDON - timedelta(minutes=5),
            "silence",
        ),
    )


@pytest.mark.parametrize(
    ("trait", "parameter", "value"),
    [
        ("known", "", True),
        ("unknown", "", False),
        ("withheld", "", False),
        ("ambiguous", "", False),
        ("blocked", "", False),
        ("name", "", "ada example"),
        ("tier", "", "gold"),
        ("tags", "", frozenset({"vip", "beta"})),
        ("language", "", "es"),
        ("country", "", "gb"),
        ("joined_on", "", date(2023, 4, 1)),
        ("days_since_joining", "", 1021),
        ("email", "", "ada@example.com"),
        ("customer_id", "", "c001"),
        ("attribute", "plan", "pro"),
        ("attribute", "seats", "12"),
        ("attribute", "colours", "red, blue"),
        ("attribute", "nothing", None),
        ("attribute", "n", None),
        ("attribute_number", "seats", 12),
        ("attribute_number", "plan", None),
        ("attribute_number", "beta", None),
        ("attribute_date", "renews", date(2027, 1, 31)),
        ("attribute_date", "plan", None),
        ("attribute_flag", "beta", True),
        ("attribute_flag", "plan", None),
        ("attribute_list", "colours", frozenset({"red", "blue"})),
        ("attribute_list", "plan", frozenset({"pro"})),
        ("number", "", "+441614960107"),
        ("email_domain", "", "example.com"),
        ("line", "", "support"),
        ("transport", "", "phone"),
        ("sip_header", "X-Account", "a-7"),
        ("sip_header", "account", "a-7"),
        ("sip_header", "other", None),
        ("line_date", "", date(2026, 1, 16)),
        ("line_holiday", "Closed", True),
        ("line_holiday", "Other", False),
        ("customer_holiday", "Closed", True),
        ("calls_in_days", "7", 2),
        ("calls_in_days", "1", 1),
        ("minutes_since_last_call", "", 5),
        ("last_call_ended", "", "silence"),
        ("line_time", "", time(5, 0)),
        ("line_weekday", "", 5),
        ("customer_time", "", time(12, 0)),
        ("customer_weekday", "", 5),
    ],
)
def test_each_trait_reads_what_its_label_says(trait: str, parameter: str, value: Any) -> None:
    assert read_for_comparison(TRAITS[trait], facts(), parameter) == value


def test_every_trait_is_read_without_a_customer() -> None:
    nobody = facts(None, CallerStatus.UNKNOWN)
    values = {key: trait.read(nobody, "7") for key, trait in TRAITS.items()}
    personal = {"name", "tier", "tags", "language", "joined_on", "days_since_joining", "email", "customer_id"}
    assert all(values[key] is None for key in personal)
    assert values["unknown"] is True


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ("x", "x"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (12.0, "12"),
        (0.1, "0.1"),
        (date(2024, 2, 29), "2024-02-29"),
        (time(9, 5), "09:05"),
        (("a", "b"), "a, b"),
        ((), None),
    ],
)
def test_facts_are_put_into_words(value: Any, text: str | None) -> None:
    assert as_text(value) == text


def test_what_only_steers_is_not_disclosed() -> None:
    shared = facts(None, CallerStatus.AMBIGUOUS)
    agreed = KnownFacts(shared.call, Caller(shared.caller.address, CallerStatus.AMBIGUOUS, None, ADA), shared.at)
    assert TRAITS["tier"].read(agreed, "") == "Gold"
    assert TRAITS["tier"].read(agreed.disclosable(), "") is None

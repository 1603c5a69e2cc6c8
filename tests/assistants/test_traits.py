"""What is known of a caller, read for rules and for prompts."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from assistants.facts import KnownFacts
from assistants.incoming import IncomingCall
from assistants.operators import OPERATORS, InvalidValue
from assistants.ruleset import ConditionSpec
from assistants.trait import read_for_comparison
from assistants.traits import TRAITS
from assistants.values import as_text
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress
from customers.remembered import CallHistory

NOON_IN_LONDON = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
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
    calls=CallHistory(
        (NOON_IN_LONDON - timedelta(hours=7), NOON_IN_LONDON - timedelta(days=3)),
        NOON_IN_LONDON - timedelta(hours=6),
        "silence",
        "silence-timed-out",
        "Asked for a refund.",
        "Call back on Monday.",
    ),
)


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
        ("minutes_since_last_call", "", 360),
        ("days_since_last_call", "", 1),
        ("last_call_ended", "", "silence"),
        ("last_call_ended_reason", "", "silence-timed-out"),
        ("last_call_summary", "1", "asked for a refund."),
        ("last_call_promise", "1", "call back on monday."),
        ("transfer_request", "", False),
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
    personal |= {trait for trait in TRAITS if "last_call" in trait}
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


@pytest.mark.parametrize(
    ("trait", "operator", "typed", "words"),
    [
        ("country", "any-of", "US, UK", "“UK” never matches: write a country's two letters"),
        ("language", "is", "es-MX", "“es-MX” never matches: write a language's two or three letters"),
        ("language", "is-not", "spanish", "“spanish” never matches"),
        ("number", "is", "(303) 555-0101", "never matches: write it with + and the country code"),
        ("number", "starts-with", "+1303, 720", "“720” never matches"),
        ("email", "is", "example.com", "“example.com” never matches: write an address in full"),
        ("email_domain", "is", "@example.com", "“@example.com” never matches: write what stands behind the @"),
        ("last_call_ended", "is", "cut off", "“cut off” never matches: write one of answered, hung-up,"),
        ("transport", "any-of", "phone, fax", "“fax” never matches: write phone, SIP or web"),
        ("days_since_joining", "between", "30, 10", "“30, 10” ends before it begins"),
        ("joined_on", "between", "2026-02-01, 2026-01-01", "ends before it begins"),
        ("days_since_joining", "at-least", "ten", "“ten” is not a number"),
        ("calls_in_days", "at-least", "51", "“51” never matches: write a smaller number, as only the last 50 calls"),
        ("calls_in_days", "more-than", "50", "“50” never matches"),
        ("calls_in_days", "is", "50.5", "“50.5” never matches"),
        ("calls_in_days", "none-of", "1, 1e3", "“1e3” never matches"),
        ("calls_in_days", "between", "10, 60", "“60” never matches"),
        ("calls_in_days", "at-most", "60", "“60” never matches"),
    ],
)
def test_what_could_never_match_is_refused_where_it_is_typed(trait: str, operator: str, typed: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=r"\.$") as refusal:
        TRAITS[trait].check_value(OPERATORS[operator], typed)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("trait", "operator", "typed"),
    [
        ("country", "any-of", "us, GB"),
        ("language", "is", "ES"),
        ("number", "is", "+13035550101"),
        ("number", "starts-with", "+1303, +44"),
        ("number", "contains", "555"),
        ("email", "contains", "@example"),
        ("email_domain", "ends-with", ".edu, .ac.uk"),
        ("transport", "is", "sip"),
        ("line_time", "between", "22:00, 06:00"),
        ("tier", "is", "anything at all"),
        ("calls_in_days", "at-least", "50"),
        ("calls_in_days", "more-than", "49"),
        ("calls_in_days", "between", "10, 50"),
        ("calls_in_days", "any-of", "0, 50"),
    ],
)
def test_what_could_match_is_taken(trait: str, operator: str, typed: str) -> None:
    TRAITS[trait].check_value(OPERATORS[operator], typed)


@pytest.mark.parametrize("value", [{"a": 1}, [1], 20260131, True, None, "soon", ""])
def test_an_attribute_that_is_no_date_is_none(value: Any) -> None:
    known = facts(replace(ADA, attributes={"renews": value}))
    assert TRAITS["attribute_date"].read(known, "renews") is None


def test_a_trait_is_read_once_a_call_however_many_conditions_ask() -> None:
    reads: list[str] = []

    def read(known: KnownFacts, _: str) -> str:
        reads.append("tier")
        return known.caller.agreed.tier

    tier = replace(TRAITS["tier"], read=read)
    is_gold = ConditionSpec(tier, "", OPERATORS["is"], "gold", "account type is gold")
    known = facts()
    assert is_gold.holds(known)
    assert is_gold.holds(known)
    assert reads == ["tier"]
    assert not is_gold.holds(facts(replace(ADA, tier="silver")))


@pytest.mark.parametrize(
    ("trait", "words"), [("last_call_summary", "Asked for a refund."), ("last_call_promise", "Call back on Monday.")]
)
def test_what_others_said_of_a_call_expires(trait: str, words: str) -> None:
    expiry = NOON_IN_LONDON - timedelta(hours=6) + timedelta(days=30)
    assert TRAITS[trait].read(replace(facts(), at=expiry), "30") == words
    assert TRAITS[trait].read(replace(facts(), at=expiry + timedelta(seconds=1)), "30") is None


def test_of_a_past_moment_later_calls_are_not_known() -> None:
    then = replace(facts(), at=NOON_IN_LONDON - timedelta(hours=6, seconds=1))
    assert TRAITS["calls_in_days"].read(then, "7") == 2
    assert TRAITS["last_call_ended"].read(then, "") is None
    before = replace(facts(), at=NOON_IN_LONDON - timedelta(days=1))
    assert TRAITS["calls_in_days"].read(before, "7") == 1
    itself = replace(facts(), at=NOON_IN_LONDON - timedelta(days=3) + timedelta(milliseconds=500))
    assert TRAITS["calls_in_days"].read(itself, "7") == 0


@pytest.mark.parametrize("trait", ["last_call_summary", "last_call_promise"])
@pytest.mark.parametrize("days", ["0", "91", "soon", ""])
def test_for_how_long_a_summary_may_be_used_is_a_number_of_days(days: str, trait: str) -> None:
    with pytest.raises(InvalidValue):
        TRAITS[trait].check(days)

"""The one decision: what comes first, and why the rest did not match."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistants.incoming import IncomingCall
from assistants.operators import OPERATORS
from assistants.routing import RoutingDecision, route_call
from assistants.ruleset import NO_SWITCHES, ConditionSpec, LineSpec, Ruleset, RuleSpec, Switches, VariantSpec
from assistants.traits import TRAITS
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress

NOW = datetime(2026, 6, 3, 15, 0, tzinfo=UTC)
DESK, VIP, SITE, REFUSAL = (VariantSpec(name, "saved-assistant", name) for name in ("desk", "vip", "site", "refusal"))
LINE = LineSpec("Support", "US", "America/Denver", number="+13035550190", fallback=DESK)
GOLD = CustomerFacts(id="c001", pk=7, name="Ada", tier="Gold", tags=("VIP", "family"))


def condition(trait: str, operator: str, typed: str = "") -> ConditionSpec:
    expected = OPERATORS[operator].parse(typed, TRAITS[trait].type)
    return ConditionSpec(TRAITS[trait], "", OPERATORS[operator], expected, f"{trait} {operator} {typed}".strip())


def ruleset(*rules: RuleSpec, fallback: VariantSpec | None = SITE) -> Ruleset:
    variants = {variant.name: variant for variant in (DESK, VIP, SITE, REFUSAL)}
    return Ruleset(
        1, rules, (LINE,), variants, fallback=fallback, refusal=REFUSAL, lines_by_address={LINE.number: LINE}
    )


def rule(name: str, *variants: VariantSpec, **facts: Any) -> RuleSpec:
    return RuleSpec(name, variants, **facts)


def route(
    rules: Ruleset, customer: CustomerFacts | None = GOLD, *, line: str = "+13035550190", **status: Any
) -> RoutingDecision:
    def look_up(address: CallerAddress) -> Caller:
        known = CallerStatus.KNOWN if customer else CallerStatus.UNKNOWN
        return Caller(address, status.get("status", known), customer, customer or CustomerFacts(id=""))

    call = IncomingCall(caller_numbers=("+13035550101",), line_numbers=(line,))
    return route_call(
        call=call,
        ruleset=rules,
        switches=status.get("switches", NO_SWITCHES),
        at=NOW,
        default_region="US",
        look_up=look_up,
    )


def test_the_first_matching_rule_answers_and_the_trace_says_why() -> None:
    silver = rule("Silver", DESK, conditions=(condition("known", "yes"), condition("tier", "is", "silver")))
    gold = rule("Gold", VIP, conditions=(condition("tier", "is", "gold"),))
    decision = route(ruleset(silver, gold, rule("All", DESK)))
    assert (decision.reason, decision.variant, decision.rule) == ("rule:Gold", VIP, "Gold")
    assert [entry.rule.name for entry in decision.trace] == ["Silver", "Gold"]
    assert str(decision.trace[0].obstacle) == "tier is silver (it is “Gold”)"
    assert decision.trace[1].obstacle is None


@pytest.mark.parametrize(
    ("facts", "obstacle"),
    [
        ({"lines": frozenset({"Sales"})}, "only on Sales (it is “Support”)"),
        ({"valid_from": NOW + timedelta(seconds=1)}, "valid only from 2026-06-03T15:00:01+00:00"),
        ({"valid_until": NOW}, "valid only until 2026-06-03T15:00:00+00:00"),
        ({"lines": frozenset({"Support"}), "valid_from": NOW}, None),
    ],
)
def test_lines_and_windows_limit_a_rule(facts: dict[str, Any], obstacle: str | None) -> None:
    decision = route(ruleset(rule("Limited", VIP, **facts)))
    assert (decision.trace[0].obstacle and str(decision.trace[0].obstacle)) == obstacle


def test_the_trace_speaks_of_days_by_name_and_of_nothing_where_nothing_is_known() -> None:
    weekend = rule("Weekend", VIP, conditions=(condition("line_weekday", "any-of", "Sat-Sun"),))
    silver = rule("Silver", VIP, conditions=(condition("language", "is", "es"),))
    trace = route(ruleset(weekend, silver)).trace
    assert [str(entry.obstacle).partition("(")[2] for entry in trace] == ["it is “Wednesday”)", "nothing)"]


def test_the_trace_shows_lists_as_they_are_stored() -> None:
    trace = route(ruleset(rule("Beta", VIP, conditions=(condition("tags", "includes", "beta"),)))).trace
    assert str(trace[0].obstacle) == "tags includes beta (it is “VIP, family”)"


def test_without_a_match_the_line_s_fallback_answers() -> None:
    decision = route(ruleset())
    assert (decision.reason, decision.variant) == ("line-fallback", DESK)


def test_on_a_line_we_were_not_told_of_the_site_s_fallback_answers() -> None:
    only_here = rule("Only here", VIP, lines=frozenset({"Support"}))
    decision = route(ruleset(only_here), line="+13035550191")
    assert (decision.reason, decision.variant, decision.facts.line) == ("site-fallback", SITE, None)


def test_rules_for_every_line_hold_on_a_line_we_were_not_told_of() -> None:
    assert route(ruleset(rule("All", VIP)), line="+13035550191").reason == "rule:All"


def test_without_any_fallback_there_is_an_apology() -> None:
    decision = route(ruleset(fallback=None), line="+13035550191")
    assert (decision.reason, decision.variant) == ("apology", None)


def test_a_blocked_customer_comes_before_every_rule() -> None:
    decision = route(ruleset(rule("All", VIP)), status=CallerStatus.BLOCKED)
    assert (decision.reason, decision.variant) == ("blocked", REFUSAL)


def test_the_emergency_switch_comes_before_a_block() -> None:
    on = Switches(emergency=True)
    decision = route(ruleset(rule("All", VIP)), status=CallerStatus.BLOCKED, switches=on)
    assert (decision.reason, decision.variant) == ("emergency", DESK)


@pytest.mark.parametrize("name", ["Support", "+13035550190"])
def test_a_line_s_own_switch_is_known_by_any_of_its_names(name: str) -> None:
    on = Switches(emergency_lines=frozenset({name}))
    assert route(ruleset(rule("All", VIP)), switches=on).reason == "emergency"
    assert route(ruleset(rule("All", VIP)), line="+13035550191", switches=on).reason == "rule:All"


@pytest.mark.parametrize(
    "pins",
    [
        {"pinned_customers": {7: ("desk", NOW + timedelta(days=1))}},
        {"pinned_addresses": {"+13035550101": ("desk", NOW + timedelta(days=1))}},
    ],
)
def test_a_pin_comes_before_the_rules(pins: dict[str, Any]) -> None:
    decision = route(ruleset(rule("All", VIP)), switches=Switches(**pins))
    assert (decision.reason, decision.variant) == ("pin", DESK)


@pytest.mark.parametrize("pin", [("desk", NOW), ("no such variant", NOW + timedelta(days=1))])
def test_a_pin_that_has_run_out_or_leads_nowhere_is_passed_over(pin: tuple[str, datetime]) -> None:
    assert route(ruleset(rule("All", VIP)), switches=Switches(pinned_customers={7: pin})).reason == "rule:All"


def test_a_split_gives_the_same_customer_the_same_variant() -> None:
    split = rule("Split", DESK, VIP, weights={"desk": 1, "vip": 1})
    first = route(ruleset(split)).variant
    assert first in (DESK, VIP)
    assert all(route(ruleset(split)).variant is first for _ in range(20))


@pytest.mark.parametrize("line", ["+13035550190", "+1 (303) 555-0190", "303-555-0190", "0013035550190"])
def test_the_line_is_known_by_its_number_in_any_spelling(line: str) -> None:
    assert route(ruleset(), line=line).facts.line == "Support"


def test_an_old_pin_does_not_hide_one_that_counts() -> None:
    over, until = NOW - timedelta(days=1), NOW + timedelta(days=1)
    pins = Switches(pinned_customers={7: ("vip", over)}, pinned_addresses={"+13035550101": ("desk", until)})
    assert route(ruleset(rule("All", VIP)), switches=pins).reason == "pin"

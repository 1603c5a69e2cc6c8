"""The one decision: what comes first, and why the rest did not match."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistants.incoming import IncomingCall
from assistants.operators import OPERATORS
from assistants.routing import RoutingDecision, route_call
from assistants.ruleset import ConditionSpec, LineSpec, Ruleset, RuleSpec, VariantSpec
from assistants.traits import TRAITS
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress

NOW = datetime(2026, 6, 3, 15, 0, tzinfo=UTC)
DESK, VIP, SITE, REFUSAL = (VariantSpec(name, "saved-assistant", name) for name in ("desk", "vip", "site", "refusal"))
LINE = LineSpec("Support", "US", "America/Denver", fallback=DESK)
GOLD = CustomerFacts(id="c001", name="Ada", tier="gold")


def condition(trait: str, operator: str, typed: str = "") -> ConditionSpec:
    expected = OPERATORS[operator].parse(typed, TRAITS[trait].type)
    return ConditionSpec(TRAITS[trait], "", OPERATORS[operator], expected, f"{trait} {operator} {typed}".strip())


def ruleset(*rules: RuleSpec, **facts: Any) -> Ruleset:
    return Ruleset(1, rules, lines_by_number={"+13035550190": LINE}, **{"fallback": SITE, "refusal": REFUSAL} | facts)


def route(
    rules: Ruleset, customer: CustomerFacts | None = GOLD, *, line: str = "+13035550190", **status: Any
) -> RoutingDecision:
    def look_up(address: CallerAddress) -> Caller:
        known = CallerStatus.KNOWN if customer else CallerStatus.UNKNOWN
        return Caller(address, status.get("status", known), customer, customer or CustomerFacts(id=""))

    call = IncomingCall(caller_numbers=("+13035550101",), line_numbers=(line,))
    return route_call(call=call, ruleset=rules, at=NOW, default_region="US", look_up=look_up)


def test_the_first_matching_rule_answers_and_the_trace_says_why() -> None:
    silver = RuleSpec("Silver", DESK, conditions=(condition("known", "yes"), condition("tier", "is", "silver")))
    gold = RuleSpec("Gold", VIP, conditions=(condition("tier", "is", "gold"),))
    decision = route(ruleset(silver, gold, RuleSpec("All", DESK)))
    assert (decision.reason, decision.variant, decision.rule) == ("rule:Gold", VIP, "Gold")
    assert [(entry.rule, entry.obstacle) for entry in decision.trace] == [("Silver", "tier is silver"), ("Gold", None)]


@pytest.mark.parametrize(
    ("facts", "obstacle"),
    [
        ({"lines": frozenset({"Sales"})}, "only on Sales"),
        ({"valid_from": NOW + timedelta(seconds=1)}, "valid only from 2026-06-03T15:00:01+00:00"),
        ({"valid_until": NOW}, "valid only until 2026-06-03T15:00:00+00:00"),
        ({"lines": frozenset({"Support"}), "valid_from": NOW}, None),
    ],
)
def test_lines_and_windows_limit_a_rule(facts: dict[str, Any], obstacle: str | None) -> None:
    decision = route(ruleset(RuleSpec("Limited", VIP, **facts)))
    assert decision.trace[0].obstacle == obstacle


def test_without_a_match_the_line_s_fallback_answers() -> None:
    decision = route(ruleset())
    assert (decision.reason, decision.variant) == ("line-fallback", DESK)


def test_on_a_line_we_were_not_told_of_the_site_s_fallback_answers() -> None:
    only_here = RuleSpec("Only here", VIP, lines=frozenset({"Support"}))
    decision = route(ruleset(only_here), line="+13035550191")
    assert (decision.reason, decision.variant, decision.facts.line) == ("site-fallback", SITE, None)


def test_rules_for_every_line_hold_on_a_line_we_were_not_told_of() -> None:
    assert route(ruleset(RuleSpec("All", VIP)), line="+13035550191").reason == "rule:All"


def test_without_any_fallback_there_is_an_apology() -> None:
    decision = route(ruleset(fallback=None), line="+13035550191")
    assert (decision.reason, decision.variant) == ("apology", None)


def test_a_blocked_customer_comes_before_every_rule() -> None:
    decision = route(ruleset(RuleSpec("All", VIP)), status=CallerStatus.BLOCKED)
    assert (decision.reason, decision.variant) == ("blocked", REFUSAL)


def test_the_emergency_switch_comes_before_a_block() -> None:
    decision = route(ruleset(RuleSpec("All", VIP), emergency=True), status=CallerStatus.BLOCKED)
    assert (decision.reason, decision.variant) == ("emergency", DESK)


@pytest.mark.parametrize("line", ["+13035550190", "+1 (303) 555-0190", "303-555-0190", "0013035550190"])
def test_the_line_is_known_by_its_number_in_any_spelling(line: str) -> None:
    assert route(ruleset(), line=line).facts.line == "Support"

"""For any rules and any caller there is exactly one decision, its reason is true, and the trace explains it."""

import os
from collections.abc import Iterator
from functools import cache

from hypothesis import given, settings

from assistants.checking import problems
from assistants.compiling import compile_document
from assistants.incoming import IncomingCall, Transport
from assistants.operators import OPERATORS
from assistants.routing import RoutingDecision, route_call
from assistants.ruleset import Ruleset, Switches
from assistants.sentences import condition_sentence
from customers.directory import NOBODY, Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import WITHHELD, CallerAddress
from customers.remembered import NO_HISTORY, CallHistory
from tests.assistants.any_call import CONDITIONS, VARIANTS, documents, situations
from tests.assistants.situations import HOLIDAYS, LINES, Json, Situation, is_true

SOAK = int(os.environ.get("SOAK", "1"))


def decided(document: Json, here: Situation) -> RoutingDecision:
    return decided_by(compile_document(document, version=1), here)


def decided_by(ruleset: Ruleset, here: Situation) -> RoutingDecision:
    line = LINES[here.line]["number"] if here.line else "+13035550199"
    return route_call(
        call=IncomingCall(line_numbers=(line,), transport=Transport(here.transport), sip_headers=here.headers),
        ruleset=ruleset,
        at=here.at,
        default_region="US",
        switches=Switches(
            emergency=here.emergency,
            emergency_lines=here.emergency_lines,
            pinned_customers={7: here.customer_pin} if here.customer_pin else {},
            pinned_addresses={here.number: here.number_pin} if here.number_pin else {},
        ),
        look_up=lambda _: caller(here),
    )


def caller(here: Situation) -> Caller:
    status = CallerStatus(here.status)
    address = CallerAddress((here.number,), here.number) if here.status != "withheld" else WITHHELD
    calls = CallHistory(here.calls, here.calls[0], *here.last_call.values()) if here.calls else NO_HISTORY
    customer = CustomerFacts(pk=7, calls=calls, **here.person) if here.status in {"known", "blocked"} else None
    shared = {name: here.person[name] for name in ("tier", "language", "timezone")}
    agreed = CustomerFacts(id="", **shared) if here.status == "ambiguous" else customer or NOBODY
    return Caller(address, status, customer, agreed)


def failures(rule: Json, here: Situation) -> Iterator[str]:
    """All that keeps the rule from matching, in the order in which it is asked, as staff read it."""
    if here.at.isoformat() < rule.get("valid_from", ""):
        yield f"valid only from {rule['valid_from']}"
    if here.at.isoformat() >= rule.get("valid_until", "9999"):
        yield f"valid only until {rule['valid_until']}"
    if rule["lines"] and here.line not in rule["lines"]:
        yield f"only on {', '.join(sorted(rule['lines']))}"
    yield from (condition_sentence(**each) for each in rule["conditions"] if not is_true(each, here))


def answers(document: Json, here: Situation) -> Iterator[tuple[str, set[str]]]:
    """Every reason that there is, the strongest first, with the variants that may answer for it."""
    site, line = document["site"], document["lines"].get(here.line, {})
    fallback = {line.get("fallback") or site.get("fallback")}
    if here.emergency or here.line in here.emergency_lines:
        yield "emergency", fallback
    if here.status == "blocked":
        yield "blocked", {site.get("refusal")}
    is_reached = {"customer": here.status in {"known", "blocked"}, "number": here.status != "withheld"}
    for whom, pin in (("customer", here.customer_pin), ("number", here.number_pin)):
        if is_reached[whom] and pin and pin[0] in VARIANTS and pin[1] > here.at:
            yield "pin", {pin[0]}
    for name, rule in in_order(document):
        if not any(failures(rule, here)):
            yield f"rule:{name}", {rule["variant"]} if "variant" in rule else set(rule["split"])
    if line.get("fallback"):
        yield "line-fallback", fallback
    yield ("site-fallback" if site.get("fallback") else "apology"), fallback


def in_order(document: Json) -> list[tuple[str, Json]]:
    rules = sorted(document["rules"].items(), key=lambda item: item[1]["priority"])
    return [(name, rule) for name, rule in rules if rule["enabled"]]


@settings(max_examples=300 * SOAK, deadline=None)
@given(documents(), situations())
def test_there_is_one_decision_and_its_reason_is_true(document: Json, here: Situation) -> None:
    assert problems(document) == []
    decision = decided(document, here)
    reason, variants = next(answers(document, here))
    assert decision.reason == reason
    assert (decision.variant.name if decision.variant else None) in variants
    assert decision.rule == (reason.removeprefix("rule:") if reason.startswith("rule:") else None)
    assert decided(document, here).variant == decision.variant


@settings(max_examples=300 * SOAK, deadline=None)
@given(documents(), situations())
def test_the_trace_names_every_rule_that_was_asked_and_the_first_thing_that_is_false(
    document: Json, here: Situation
) -> None:
    decision = decided(document, here)
    expected: list[tuple[str, str | None]] = []
    for name, rule in in_order(document):
        if decision.reason in {"emergency", "blocked", "pin"} or (expected and not expected[-1][1]):
            break
        expected.append((name, next(failures(rule, here), None)))
    assert [(entry.rule.name, entry.obstacle and entry.obstacle.wanted) for entry in decision.trace] == expected
    assert all(str(entry.obstacle).startswith(entry.obstacle.wanted) for entry in decision.trace if entry.obstacle)


@cache
def one_rule_for_each_condition() -> tuple[Ruleset, list[Json]]:
    conditions = [condition for each in CONDITIONS.values() for condition in each]
    rules = {
        str(number): {"priority": number, "variant": "Desk", "lines": [], "conditions": [condition]}
        for number, condition in enumerate(conditions)
    }
    variants = {"Desk": {"kind": "saved-assistant", "vapi_id": "desk"}}
    document = {"lines": LINES, "holidays": HOLIDAYS, "variants": variants, "rules": rules}
    return compile_document(document, version=1), conditions


@settings(max_examples=150 * SOAK, deadline=None)
@given(situations())
def test_each_condition_holds_exactly_where_it_is_true(here: Situation) -> None:
    ruleset, conditions = one_rule_for_each_condition()
    facts = decided_by(ruleset, here).facts
    wrong = [
        condition
        for rule, condition in zip(ruleset.rules, conditions, strict=True)
        if rule.matches(facts) is not is_true(condition, here)
    ]
    assert wrong == []


def test_every_trait_and_every_operator_is_among_them() -> None:
    assert all(CONDITIONS.values())
    assert {condition["operator"] for each in CONDITIONS.values() for condition in each} == set(OPERATORS)

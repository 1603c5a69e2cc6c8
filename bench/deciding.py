"""How long one decision among many rules takes, beside Flagsmith's engine with the same rules as segments.

The worst case: of each rule all conditions hold but the last, so that every condition of every rule is tried.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from time import perf_counter
from typing import Any

from flag_engine.context.types import EvaluationContext, SegmentCondition, SegmentContext
from flag_engine.engine import get_evaluation_result

from assistants.facts import KnownFacts
from assistants.incoming import IncomingCall
from assistants.operators import OPERATORS
from assistants.routing import RoutingDecision, decide
from assistants.ruleset import ConditionSpec, Ruleset, RuleSpec, VariantSpec
from assistants.traits import TRAITS
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress

RULES = 300
CONDITIONS = 3
_ROUNDS = 15
_DECISIONS_A_ROUND = 20


@dataclass(frozen=True, slots=True)
class SameTest:
    """One condition, as we write it and as the peer does; `{number}` stands for the rule's."""

    ours: tuple[str, str, str, str]
    peers: tuple[str, Any, str]


# Ours: trait, parameter, operator, value. The peer's: property, operator, value. Each type of value is there.
HOLDING = (
    SameTest(("known", "", "yes", ""), ("known", "EQUAL", "true")),
    SameTest(("tier", "", "is-not", "tier {number}"), ("tier", "NOT_EQUAL", "tier {number}")),
    SameTest(("country", "", "any-of", "us, ca, mx"), ("country", "IN", "us,ca,mx")),
    SameTest(("tags", "", "includes", "newsletter"), ("tags", "CONTAINS", "newsletter")),
    SameTest(("attribute_number", "seats", "at-least", "5"), ("seats", "GREATER_THAN_INCLUSIVE", "5")),
    SameTest(("joined_on", "", "from", "2015-01-01"), ("joined_on", "GREATER_THAN_INCLUSIVE", "2015-01-01")),
    SameTest(("line_time", "", "from", "08:00"), ("line_minute", "GREATER_THAN_INCLUSIVE", "480")),
    SameTest(("line_weekday", "", "any-of", "Mon-Fri"), ("line_weekday", "IN", "1,2,3,4,5")),
    SameTest(("attribute_flag", "beta", "yes", ""), ("beta", "EQUAL", "true")),
)
FAILING = (
    SameTest(("tier", "", "is", "tier {number}"), ("tier", "EQUAL", "tier {number}")),
    SameTest(("number", "", "starts-with", "+44"), ("number", "REGEX", r"^\+44")),
    SameTest(("attribute", "plan", "is", "plan {number}"), ("plan", "EQUAL", "plan {number}")),
    SameTest(("email", "", "contains", "@shop{number}."), ("email", "CONTAINS", "@shop{number}.")),
    SameTest(("days_since_joining", "", "less-than", "{number}"), ("days_since_joining", "LESS_THAN", "{number}")),
    SameTest(("tags", "", "includes", "group {number}"), ("tags", "CONTAINS", "group {number}")),
    SameTest(("line_time", "", "before", "08:00"), ("line_minute", "LESS_THAN", "480")),
    SameTest(("language", "", "any-of", "fr, it, pt"), ("language", "IN", "fr,it,pt")),
)

_AT = datetime(2026, 6, 3, 15, 0, tzinfo=UTC)
_ADDRESS = CallerAddress(("+12012000000",), "+12012000000")
_ADA = CustomerFacts(
    id="c0",
    pk=1,
    name="Ada Abara",
    email="c0@example.com",
    tier="gold",
    joined_on=date(2019, 4, 1),
    language="en",
    timezone="America/Chicago",
    tags=("newsletter", "vip"),
    attributes={"plan": "pro", "seats": 12, "beta": True},
)
# What the peer is told of her, ready to compare; we read it anew for each decision.
_PEERS_ADA: dict[str, int | float | bool | str | None] = {
    "known": True,
    "number": "+12012000000",
    "country": "us",
    "email": "c0@example.com",
    "tier": "gold",
    "joined_on": "2019-04-01",
    "days_since_joining": 2620,
    "language": "en",
    "tags": "newsletter,vip",
    "plan": "pro",
    "seats": 12,
    "beta": True,
    "line_minute": 15 * 60,
    "line_weekday": 3,
}


@dataclass(frozen=True, slots=True)
class DecidingFigures:
    """Seconds for one decision: the medians of rounds that took turns."""

    ours: float
    peers: float


def measure_deciding() -> DecidingFigures:
    """How long a decision that no rule makes takes us and the peer."""
    rules = [_tests_of(number) for number in range(RULES)]
    ruleset, context = our_ruleset(rules), peers_context(rules)
    ours, peers = [], []
    for _ in range(_ROUNDS):
        ours.append(_seconds(lambda: decide_ours(ruleset)))
        peers.append(_seconds(lambda: get_evaluation_result(context)))
    return DecidingFigures(median(ours), median(peers))


def our_ruleset(rules: list[list[SameTest]]) -> Ruleset:
    """Rules with these conditions."""
    variant = VariantSpec("Everybody", "saved-assistant", "everybody")
    conditions = [tuple(_condition(number, test) for test in tests) for number, tests in enumerate(rules)]
    return Ruleset(
        1, tuple(RuleSpec(f"Rule {number}", (variant,), conditions=these) for number, these in enumerate(conditions))
    )


def peers_context(rules: list[list[SameTest]]) -> EvaluationContext[Mapping[str, object], Mapping[str, object]]:
    """The same rules as segments, with the caller's traits."""
    segments = {str(number): _segment(number, tests) for number, tests in enumerate(rules)}
    return {
        "environment": {"key": "bench", "name": "bench"},
        "identity": {"identifier": _ADA.id, "key": _ADA.id, "traits": _PEERS_ADA},
        "segments": segments,
    }


def decide_ours(ruleset: Ruleset) -> RoutingDecision:
    """Our decision on a call that has just come in."""
    caller = Caller(_ADDRESS, CallerStatus.KNOWN, _ADA, _ADA)
    return decide(facts=KnownFacts(IncomingCall(), caller, _AT), line=None, ruleset=ruleset)


def _tests_of(number: int) -> list[SameTest]:
    holding = [HOLDING[(number + position) % len(HOLDING)] for position in range(CONDITIONS - 1)]
    return [*holding, FAILING[number % len(FAILING)]]


def _condition(number: int, test: SameTest) -> ConditionSpec:
    key, parameter, operator_key, value = test.ours
    trait, operator = TRAITS[key], OPERATORS[operator_key]
    typed = value.format(number=number)
    return ConditionSpec(trait, parameter, operator, operator.parse(typed, trait.type), sentence=typed)


def _segment(number: int, tests: list[SameTest]) -> SegmentContext[Any, Any]:
    conditions: list[SegmentCondition] = [
        {"property": name, "operator": operator, "value": value.format(number=number)}
        for name, operator, value in (test.peers for test in tests)
    ]
    key = str(number)
    return {"key": key, "name": f"Rule {key}", "rules": [{"type": "ALL", "conditions": conditions}]}


def _seconds(decide_once: Callable[[], object]) -> float:
    start = perf_counter()
    for _ in range(_DECISIONS_A_ROUND):
        decide_once()
    return (perf_counter() - start) / _DECISIONS_A_ROUND

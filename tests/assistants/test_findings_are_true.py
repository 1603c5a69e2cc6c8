"""For any rules: what is said of them is true of every caller who could tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.facts import KnownFacts
from assistants.reachability import Finding, FindingKind, findings
from assistants.ruleset import Ruleset, RuleSpec
from customers.directory import CallerStatus
from tests.assistants.rules_in_words import CALLING, DESK, NOW, SALES, SUPPORT, VIP, condition, facts


@dataclass(frozen=True)
class Topic:
    """Something that rules may be about: their tests, lines or windows, and what of callers tells these apart."""

    of_caller: str
    values: Sequence[Any]
    tests: tuple[str, ...] = ()
    scopes: tuple[dict[str, Any], ...] = ({},)


def topic(subject: str, tests: str, of_caller: str, values: Sequence[Any]) -> Topic:
    return Topic(of_caller, values, tuple(f"{subject} {test.strip()}" for test in tests.split(";")))


TEXT = (
    "is gold; is silver; is-not gold; any-of gold,silver; none-of gold,silver; contains ol; contains il; "
    "starts-with g; starts-with go,s; starts-with gold; set; not-set"
)
MORE_TEXT = (
    "not-contains ol; not-contains il; not-starts-with g; not-starts-with go,s; ends-with d; ends-with ld,il; " + TEXT
)
LIST = (
    "includes a; includes b; includes-any a,b; includes-any a,b,c; includes-all a,b; includes-none a; "
    "includes-none b,c; set; not-set"
)
NUMBER = (
    "is 5; is-not 5; any-of 5,9; none-of 5,9; more-than 5; at-least 5; less-than 5; at-most 5; less-than 9; "
    "between 5,9; between 9,5; set; not-set"
)
DATE = (
    "is 2026-01-03; is-not 2026-01-03; any-of 2026-01-02,2026-01-04; before 2026-01-03; from 2026-01-03; "
    "from 2026-01-04; between 2026-01-02, 2026-01-04; set; not-set"
)
LINE_DATE = (
    "is 2026-06-05; is-not 2026-06-05; any-of 2026-06-05,2026-06-07; none-of 2026-06-05; before 2026-06-06; "
    "from 2026-06-06; between 2026-06-05,2026-06-07; before 2026-06-01; set"
)
PREFIX = "starts-with +1; starts-with +1303; starts-with +1303,+44; not-starts-with +1; ends-with 0101; set"
TIME = "before 09:00; from 09:00; from 17:00; between 09:00,17:00; between 22:00,06:00; between 09:00,09:00; set"
DAY = "any-of Mon-Fri; none-of Mon-Fri; any-of Sat-Mon; none-of Sat-Sun; any-of Wed; not-set"
WORDS = ["", "gold", "goldxil", "silver"] + [
    a + "x" + b for a in ("", "g", "go", "s") for b in ("", "ol", "il", "olxil")
]
MORE_WORDS = WORDS + [word + end for word in WORDS for end in ("xd", "xld", "xil")]
ITEMS = [(), ("a",), ("b",), ("c",), ("d",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]
SEATS = [None, "nan", "-inf", 4, 5, 5.5, 9, 10]
MOMENTS = [NOW + timedelta(hours=hours) for hours in (*range(0, 7 * 24, 5), 30 * 24)]
WINDOW_ENDS = (None, NOW - timedelta(1), NOW, NOW + timedelta(1), NOW + timedelta(30))

STARTS = ["+1303555010", "+1305555010", "+44161496010", "+3314268010", "+8001234010"]
NUMBERS = [None, *(start + last for start in STARTS for last in "12")]

TOPICS = {
    "tier": topic("tier", MORE_TEXT, "tier", MORE_WORDS),
    "plan": topic("attribute:plan", TEXT, "attribute:plan", [None, *WORDS]),
    "tags": topic("tags", LIST, "tags", ITEMS),
    "colours": topic("attribute_list:colours", LIST, "attribute:colours", [None, *map(list, ITEMS)]),
    "seats": topic("attribute_number:seats", NUMBER, "attribute:seats", SEATS),
    "joined": topic("joined_on", DATE, "joined_on", [None, *(date(2026, 1, day) for day in range(1, 6))]),
    "beta": topic("attribute_flag:beta", "yes; no", "attribute:beta", [None, True, False]),
    "country": topic("country", "is us; is-not us; any-of us,gb; set; not-set", "number", NUMBERS),
    "number": topic("number", PREFIX, "number", NUMBERS),
    "date": topic("line_date", LINE_DATE, "at", MOMENTS),
    "time": topic("line_time", TIME, "at", MOMENTS),
    "weekday": topic("line_weekday", DAY, "at", MOMENTS),
    "window": Topic(
        "at",
        MOMENTS,
        scopes=tuple({"valid_from": start, "valid_until": end} for start, end in product(WINDOW_ENDS, WINDOW_ENDS)),
    ),
    "lines": Topic(
        "line",
        [None, "Support", "Sales"],
        scopes=({}, {"lines": SUPPORT}, {"lines": SALES}, {"lines": SUPPORT | SALES}),
    ),
}
WHO = [f"{status} {answer}" for status in CallerStatus for answer in ("yes", "no")]


@dataclass(frozen=True)
class Site:
    """Rules about some topics."""

    topics: tuple[str, ...]
    rules: tuple[RuleSpec, ...]

    @cached_property
    def callers(self) -> list[KnownFacts]:
        """One of every kind that the topics tell apart."""
        known = {TOPICS[name].of_caller: TOPICS[name].values for name in self.topics}
        combinations = [dict(zip(known, values, strict=True)) for values in product(*known.values())]
        return [caller(status, known) for status, known in product(CALLING, combinations)]

    @cached_property
    def reached(self) -> set[str | None]:
        """The rules that match some caller first."""
        return {next((rule.name for rule in self.rules if not rule.obstacle(facts)), None) for facts in self.callers}

    def found(self, *kinds: FindingKind) -> list[Finding]:
        return [finding for finding in findings(Ruleset(1, self.rules), at=NOW) if finding.kind in kinds]


def caller(status: CallerStatus, known: dict[str, Any]) -> KnownFacts:
    """Such a caller; `attribute:plan` is an attribute of the customer, the rest is as in `facts`."""
    prefix = "attribute:"
    attributes = {name.removeprefix(prefix): value for name, value in known.items() if name.startswith(prefix)}
    others = {name: value for name, value in known.items() if not name.startswith(prefix)}
    return facts(status, attributes=attributes, **others)


@st.composite
def sites(draw: st.DrawFn, *, topics: int, rules: int, tests: int, always: tuple[str, ...] = ()) -> Site:
    """Up to so many topics (or `always` and one more), rules, and conditions a rule."""
    names = st.lists(st.sampled_from(sorted(TOPICS.keys() - set(always))), min_size=1, max_size=topics, unique=True)
    chosen = (*always, *draw(names))
    about = [test for name in chosen for test in TOPICS[name].tests]
    conditions = st.lists(
        st.sampled_from(about) | st.sampled_from(WHO) if about else st.sampled_from(WHO), max_size=tests
    )
    scopes = st.tuples(*(st.sampled_from(TOPICS[name].scopes) for name in chosen))
    return Site(
        chosen,
        tuple(
            RuleSpec(
                f"rule {number}",
                (draw(st.sampled_from([DESK, VIP])),),
                conditions=tuple(map(condition, draw(conditions))),
                **{key: value for scope in draw(scopes) for key, value in scope.items()},
            )
            for number in range(draw(st.integers(2, rules)))
        ),
    )


UNREACHABLE = FindingKind.OVER, FindingKind.IMPOSSIBLE, FindingKind.SHADOWED


@settings(max_examples=200, deadline=None)
@given(sites(topics=2, rules=5, tests=3))
def test_no_caller_ever_reaches_a_rule_that_is_called_unreachable(site: Site) -> None:
    unreachable = {finding.rule for finding in site.found(*UNREACHABLE)}
    assert not unreachable & site.reached


@settings(max_examples=400, deadline=None)
@given(sites(topics=1, rules=2, tests=2))
def test_of_two_rules_on_one_topic_all_that_are_unreachable_are_found(site: Site) -> None:
    unreachable = {finding.rule for finding in site.found(*UNREACHABLE)}
    assert unreachable == {rule.name for rule in site.rules} - site.reached


@settings(deadline=None)
@given(sites(topics=1, rules=4, tests=1, always=("lines",)))
def test_rules_that_are_called_contradicting_hold_of_the_same_callers(site: Site) -> None:
    rules = {rule.name: rule for rule in site.rules}
    for finding in site.found(FindingKind.CONTRADICTS):
        one, other = rules[finding.rule], rules[finding.other or ""]
        assert one.answer != other.answer
        assert any(one.obstacle(facts) is None is other.obstacle(facts) for facts in site.callers)
        assert all(meets(one, facts) == meets(other, facts) for facts in site.callers)


def meets(rule: RuleSpec, facts: KnownFacts) -> bool:
    """Whether the rule's conditions hold, on whatever line and whenever."""
    return all(condition.holds(facts) for condition in rule.conditions)

"""Whose callers one rule takes of another's: conditions, lines and windows."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from assistants.operators import OPERATORS, Operator, Takes, ValueType
from assistants.reachability import FindingKind, findings
from assistants.representatives import NEVER_MISSING
from assistants.rule_reach import ONLY_KNOWN_OF
from assistants.ruleset import ConditionSpec, Ruleset, RuleSpec
from assistants.trait import Trait
from assistants.traits import TRAITS
from customers.directory import CallerStatus
from tests.assistants.rules_in_words import CALLING, DESK, NOW, SALES, SUPPORT, VIP, facts, rule

EVERYTHING: dict[str, Any] = {
    "name": "Ada",
    "email": "ada@example.com",
    "tier": "gold",
    "joined_on": NOW.date(),
    "language": "es",
    "timezone": "Europe/Madrid",
    "tags": ("vip",),
    "attributes": {"x": "yes"},
}


def shadowed(*rules: RuleSpec) -> list[str]:
    return [finding.rule for finding in findings(Ruleset(1, rules), at=NOW) if finding.kind is FindingKind.SHADOWED]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ([], ["tier is gold"]),
        (["tier any-of gold,silver"], ["tier is gold"]),
        (["tier is-not silver"], ["tier is gold"]),
        (["tier is-not gold"], ["tier not-set"]),
        (["tier is-not gold"], ["unknown yes"]),
        (["known yes"], ["name contains ada"]),
        (["known yes"], ["attribute:plan is-not pro", "attribute:plan set"]),
        (["withheld no"], ["country is us"]),
        (["unknown no", "withheld no"], ["language is es"]),
        (["known no"], ["withheld yes"]),
        (["ambiguous yes"], ["tier is gold", "known no"]),
        (["blocked no"], []),
        (["tier starts-with g,s"], ["tier starts-with gold"]),
        (["tier contains ol"], ["tier is gold"]),
        (["tier not-contains ol"], ["tier is silver"]),
        (["tier not-contains gol"], ["tier not-contains ol"]),
        (["tier not-contains ol"], ["tier not-set"]),
        (["tier contains ol"], ["tier not-contains il", "tier starts-with gol"]),
        (["tier not-starts-with g"], ["tier not-starts-with go,g"]),
        (["tier not-starts-with gold"], ["tier starts-with s"]),
        (["tier ends-with d,r"], ["tier ends-with old"]),
        (["number starts-with +1"], ["number starts-with +1303, +1212"]),
        (["line_date set"], []),
        (["line_date from 2026-07-01"], ["line_date between 2026-07-01, 2026-07-03"]),
        (["attribute:plan any-of a,b,c"], ["attribute:plan any-of c,a"]),
        (["known yes"], ["email_domain is example.com"]),
        (["email contains example"], ["email contains @example.com", "email starts-with ada"]),
        (["line_weekday none-of Sat,Sun"], ["line_weekday any-of Mon-Fri"]),
        (["line_weekday any-of Sat,Sun"], ["line_weekday none-of Mon-Fri"]),
        (["line_time set"], []),
        (["line_time between 22:00, 06:00"], ["line_time between 23:00, 05:00"]),
        (["line_time between 22:00, 06:00"], ["line_time before 6:00"]),
        (["attribute_number:seats at-least 5"], ["attribute_number:seats more-than 5"]),
        (["attribute_number:seats less-than 9"], ["attribute_number:seats between 2, 8"]),
        (["joined_on before 2026-02-01"], ["joined_on between 2026-01-01, 2026-01-31"]),
        (["joined_on between 2026-01-01, 2026-01-02"], ["joined_on from 2026-01-01", "joined_on before 2026-01-03"]),
        (["tags includes-any a,b"], ["tags includes b"]),
        (["tags includes b"], ["tags includes-any a,b", "tags includes-none a"]),
        (["tags includes-none a"], ["tags includes-none a,b"]),
        (["tags includes a", "tags includes b"], ["tags includes-all a,b"]),
        (["attribute_flag:beta no"], ["attribute_flag:beta no"]),
    ],
)
def test_this_follows(earlier: list[str], later: list[str]) -> None:
    [finding] = findings(Ruleset(1, (rule("Earlier", *earlier), rule("Later", *later))), at=NOW)
    assert (finding.rule, finding.kind, finding.other) == ("Later", FindingKind.SHADOWED, "Earlier")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (["tier is gold"], []),
        (["tier is gold"], ["tier any-of gold,silver"]),
        (["tier is gold"], ["tier is-not silver"]),
        (["tier set"], ["tier is-not gold"]),
        (["known yes"], ["tier is gold"]),  # also where several share a number and are all gold
        (["known yes"], ["country is us"]),
        (["tier starts-with gold"], ["tier starts-with g"]),
        (["tier is gold"], ["tier starts-with gold"]),
        (["tier contains gold"], ["tier contains g", "tier contains old"]),
        (["tier not-contains ol"], ["tier not-contains gol"]),
        (["tier not-contains ol"], ["tier starts-with g", "tier ends-with d"]),
        (["tier not-contains ol"], ["tier not-contains il", "tier contains g"]),
        (["tier not-starts-with g"], ["tier not-starts-with gold"]),
        (["tier ends-with old"], ["tier ends-with d"]),
        (["tier ends-with d"], ["tier starts-with gold", "tier contains d"]),
        (["number starts-with +1303"], ["number starts-with +1"]),
        (["number starts-with +1"], ["number not-starts-with +44"]),
        (["attribute_number:seats at-least 5"], ["attribute_number:seats at-least 4"]),
        (["attribute_number:seats at-least 5"], ["attribute_number:users at-least 6"]),
        (["attribute_number:seats any-of 5,6"], ["attribute_number:seats between 5,6"]),
        (["line_weekday any-of Mon-Sat"], []),
        (["line_time between 23:00, 05:00"], ["line_time between 22:00, 06:00"]),
        (["joined_on any-of 2026-01-01,2026-01-03"], ["joined_on between 2026-01-01, 2026-01-03"]),
        (["joined_on before 2026-02-01"], ["days_since_joining more-than 1000"]),
        (["tags includes-none a"], []),
        (["tags includes-all a,b"], ["tags includes a"]),
        (["tags includes a"], ["tags includes-any a,b"]),
        (["tags includes-any a,b"], ["tags includes c"]),
        (["tags includes b"], ["tags includes-any a,b,c", "tags includes-none a"]),
        (["attribute_flag:beta yes"], ["attribute_flag:beta no"]),
    ],
)
def test_this_does_not_follow(earlier: list[str], later: list[str]) -> None:
    assert shadowed(rule("Earlier", *earlier), rule("Later", *later)) == []


@pytest.mark.parametrize(
    ("earlier", "later", "unreachable"),
    [
        ({}, {"lines": SUPPORT}, True),
        ({"lines": SUPPORT | SALES}, {"lines": SALES}, True),
        ({"lines": SUPPORT | SALES}, {}, False),  # calls come on lines that we were not told of, too
        ({"lines": SUPPORT}, {"lines": SALES}, False),
        ({"valid_from": NOW - timedelta(1)}, {}, True),
        ({"valid_from": NOW - timedelta(1)}, {"valid_from": NOW - timedelta(2)}, True),
        ({"valid_from": NOW}, {}, True),
        ({"valid_from": NOW + timedelta(1)}, {}, False),
        ({"valid_until": NOW + timedelta(2)}, {"valid_until": NOW + timedelta(1)}, True),
        ({"valid_until": NOW + timedelta(1)}, {"valid_until": NOW + timedelta(2)}, False),
        ({"valid_until": NOW}, {}, False),
    ],
)
def test_lines_and_windows_count(earlier: dict[str, Any], later: dict[str, Any], unreachable: bool) -> None:
    assert shadowed(rule("Earlier", **earlier), rule("Later", **later)) == ["Later"] * unreachable


def test_windows_that_follow_each_other_leave_nothing() -> None:
    change = NOW + timedelta(30)
    rules = rule("Until then", valid_until=change), rule("Since then", valid_from=change), rule("Ever", "known yes")
    assert shadowed(*rules) == ["Ever"]


def test_attributes_may_be_no_number_at_all() -> None:
    tests = (f"attribute_number:seats {test}" for test in ("less-than 5", "at-least 5", "not-set"))
    assert shadowed(*(rule(test, test) for test in tests), rule("Rest")) == []


def test_there_are_times_between_two_times() -> None:
    nine, five = time(9), time(17)
    either = ConditionSpec(TRAITS["line_time"], "", OPERATORS["any-of"], frozenset({nine, five}), "at 9 or at 5")
    sharp = RuleSpec("Sharp", (DESK,), conditions=(either,))
    assert shadowed(sharp, rule("Office hours", "line_time between 09:00, 17:00")) == []


def test_several_rules_that_want_texts_not_contained_may_leave_those_with_both() -> None:
    tests = ("tier not-contains ol", "tier not-contains il")
    assert shadowed(*(rule(test, test) for test in tests), rule("Rest", "tier starts-with g")) == []


def test_rules_that_fall_short_in_two_ways_do_not_add_up() -> None:
    known, others = rule("Known", "known yes", lines=SUPPORT), rule("Others", "known no", lines=SALES)
    assert shadowed(known, others, rule("Rest")) == []


def test_several_rules_about_lists_may_leave_other_lists() -> None:
    tests = ("tags includes b", "tags includes c", "tags includes-none a")
    assert shadowed(*(rule(test, test) for test in tests), rule("Only a")) == []


def test_an_operator_that_is_not_understood_follows_only_from_itself() -> None:
    rhymes = Operator("rhymes-with", "rhymes with", frozenset({ValueType.TEXT}), Takes.ONE, lambda *_: False)
    ada, bob = (ConditionSpec(TRAITS["name"], "", rhymes, text, text) for text in ("ada", "bob"))
    one, other, both = (RuleSpec(str(n), (DESK,), conditions=c) for n, c in enumerate([(ada,), (bob,), (bob, ada)]))
    assert shadowed(one, other, replace(one, conditions=(replace(ada, trait=TRAITS["email"]),)), both) == ["2"]
    assert findings(Ruleset(1, (one, rule("Ada", "name is ada"), rule("Rest"))), at=NOW) == []
    assert (
        findings(Ruleset(1, (replace(one, variants=(VIP,), lines=SUPPORT), replace(other, lines=SUPPORT))), at=NOW)
        == []
    )


def test_where_there_are_too_many_values_only_the_same_condition_follows() -> None:
    rules = [rule(f"{n}", f"tier starts-with {n}", f"tier contains {n}{n}") for n in range(10, 60)]
    assert shadowed(*rules, rule("Same", "tier contains 1010", "tier starts-with 10")) == ["Same"]
    assert shadowed(*rules, rule("Narrower", "tier contains 1010", "tier starts-with 100")) == []


@pytest.mark.parametrize("status", CALLING)
@pytest.mark.parametrize("trait", [TRAITS[key] for key in ONLY_KNOWN_OF], ids=lambda trait: str(trait.key))
def test_a_trait_is_known_of_nobody_else(trait: Trait, status: CallerStatus) -> None:
    value = trait.read(facts(status, **EVERYTHING), "x")
    assert value is None or status in ONLY_KNOWN_OF[trait.key]


@pytest.mark.parametrize("status", CALLING)
def test_one_thing_holds_of_each_caller_and_there_is_always_a_time(status: CallerStatus) -> None:
    assert [key for key in CallerStatus if TRAITS[key].read(facts(status), "")] == [status]
    assert None not in [TRAITS[key].read(facts(status), "7") for key in NEVER_MISSING]

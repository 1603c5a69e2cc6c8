"""What staff read of rules that nobody can reach, and of rules that contradict each other."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assistants.reachability import Finding, FindingKind, findings
from assistants.ruleset import Ruleset, RuleSpec, VariantSpec
from tests.assistants.rules_in_words import DESK, NOW, SALES, SUPPORT, VIP, rule


def found(*rules: RuleSpec, at: datetime = NOW) -> list[Finding]:
    return findings(Ruleset(1, rules), at=at)


def kinds(*rules: RuleSpec) -> list[tuple[str, str]]:
    return [(finding.rule, finding.kind.value) for finding in found(*rules)]


def test_rules_that_all_can_be_reached_are_not_mentioned() -> None:
    assert found(rule("Gold", "tier is gold"), rule("Known", "known yes"), rule("Rest")) == []


def test_a_rule_behind_a_weaker_one_is_never_reached() -> None:
    gold = rule("Gold callers", "tier is gold")
    [finding] = found(gold, rule("Old gold", "joined_on before 2020-01-01", "tier is gold"))
    assert finding == Finding(
        "Old gold",
        FindingKind.SHADOWED,
        "Never reached: “Gold callers” (tried earlier) matches everybody whom this rule could match.",
        "Gold callers",
    )


def test_rules_that_together_leave_nobody_are_named_together() -> None:
    gold, known, others = rule("Gold", "tier is gold"), rule("Known", "known yes"), rule("Others", "known no")
    [finding] = found(gold, known, others, rule("Rest", "tier set"))
    words = "Never reached: “Known” and “Others” (tried earlier) together match everybody whom this rule could match."
    assert (finding.rule, finding.sentence, finding.other) == ("Rest", words, None)


def test_more_than_two_rules_are_listed() -> None:
    parts = [rule(days, f"line_weekday any-of {days}") for days in ("Mon-Thu", "Fri", "Sat-Sun")]
    assert found(*parts, rule("Any day"))[0].sentence.startswith("Never reached: “Mon-Thu”, “Fri” and “Sat-Sun” (tried")


def test_rules_that_take_nothing_of_the_unreachable_one_are_not_listed() -> None:
    parts = [rule(days, f"line_weekday any-of {days}") for days in ("Mon-Wed", "Sat-Sun", "Thu-Fri")]
    [finding] = found(*parts, rule("Workdays", "line_weekday any-of Mon-Fri"))
    assert finding.sentence.startswith("Never reached: “Mon-Wed” and “Thu-Fri” (tried earlier) together")


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (("tier is gold", "known yes", "tier is Silver"), "account type cannot be both “gold” and “silver”"),
        (
            ("attribute_number:seats is 5", "attribute_number:seats is 6"),
            "attribute (number) “seats” cannot be both “5” and “6”",
        ),
        (("tier is gold", "tier not-set"), "“tier is gold” and “tier not-set” cannot both hold"),
        (
            ("withheld yes", "line_weekday any-of Mon", "tier is gold"),
            "“withheld yes” and “tier is gold” cannot both hold",
        ),
        (("blocked yes",), "blocked callers are answered before any rule is tried"),
        (("attribute_number:seats between 9, 5",), "“attribute_number:seats between 9, 5” never holds"),
        (("line_weekday none-of Mon-Sun",), "“line_weekday none-of Mon-Sun” never holds"),
        (
            ("tags includes-none a", "tags includes-any a,b", "tags includes-none b"),
            "“tags includes-none a”, “tags includes-any a,b” and “tags includes-none b” cannot all hold",
        ),
        (
            ("line_time from 17:00", "line_time between 22:00, 06:00", "line_time before 22:00"),
            "“line_time from 17:00”, “line_time between 22:00, 06:00” and “line_time before 22:00” cannot all hold",
        ),
    ],
)
def test_conditions_that_cannot_hold_are_named(conditions: tuple[str, ...], why: str) -> None:
    [finding] = found(rule("Nobody", *conditions))
    assert (finding.kind, finding.sentence) == (FindingKind.IMPOSSIBLE, f"Can never match: {why}.")


def test_a_window_that_is_over_is_named_by_its_day_where_staff_are() -> None:
    spring = rule("Spring", "tier is gold", "tier is silver", valid_until=datetime(2026, 3, 1, 6, 59, tzinfo=UTC))
    [finding] = found(spring, at=NOW.astimezone(ZoneInfo("America/Denver")))
    assert (finding.kind, finding.sentence) == (FindingKind.OVER, "Over since 2026-02-28.")


def test_a_window_is_over_from_its_end_on() -> None:
    spring = rule("Spring", valid_until=NOW)
    assert [finding.kind for finding in found(spring, at=NOW)] == [FindingKind.OVER]
    assert found(spring, at=NOW - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("test", "hour", "is_over"),
    [
        ("line_date before 2026-06-03", 12, True),
        ("line_date is 2026-06-02", 12, True),
        ("line_date is 2026-06-02", 11, False),  # it still is that day, twelve hours behind UTC
        ("line_date any-of 2025-12-25, 2026-05-25", 0, True),
        ("line_date none-of 2025-12-25", 12, False),
        ("joined_on before 2020-01-01", 12, False),
    ],
)
def test_dates_that_have_passed_never_come_back(test: str, hour: int, is_over: bool) -> None:
    findings_then = found(rule("Special", test), at=NOW.replace(hour=hour))
    over = (FindingKind.OVER, "Over: all dates on which it could match have passed.")
    assert [(finding.kind, finding.sentence) for finding in findings_then] == [over] * is_over


def test_a_window_that_ends_before_it_begins_is_impossible() -> None:
    backwards = rule("Backwards", valid_from=NOW + timedelta(2), valid_until=NOW + timedelta(1))
    assert found(backwards)[0].sentence == "Can never match: its window ends before it begins."


def test_rules_that_overlap_with_the_same_conditions_contradict_each_other() -> None:
    day = rule("Day", "tier is gold", "known yes", variant=VIP, lines=SUPPORT | {"Web"})
    [finding] = found(day, rule("Night", "known yes", "tier any-of GOLD", lines=SALES | {"Web"}))
    assert (finding.rule, finding.kind, finding.other) == ("Night", FindingKind.CONTRADICTS, "Day")
    assert finding.sentence == (
        "Contradicts “Day”, which has the same conditions: where both apply, “Day” is tried earlier, and "
        "“VIP desk” wins over “Front desk”."
    )


def test_the_same_rule_twice_with_two_answers_is_unreachable_and_a_contradiction() -> None:
    one, two = rule("One", "known yes"), rule("Two", "known yes", variant=VIP)
    assert kinds(one, two) == [("Two", "shadowed"), ("Two", "contradicts")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lines": SUPPORT}, {"lines": SALES}),
        ({"valid_until": NOW + timedelta(1)}, {"valid_from": NOW + timedelta(1)}),
        ({"lines": SUPPORT}, {}),  # an exception, put before the general rule on purpose
        ({"valid_until": NOW + timedelta(1), "variant": DESK}, {"lines": SUPPORT}),
    ],
)
def test_these_do_not_contradict_each_other(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert found(rule("One", "known yes", **{"variant": VIP} | first), rule("Two", "known yes", **second)) == []


def test_a_rule_that_is_never_reached_contradicts_nobody() -> None:
    everybody = rule("Everybody", lines=SUPPORT | {"Web"})
    hidden = rule("Hidden", "known yes", variant=VIP, lines=SUPPORT | {"Web"})
    assert kinds(everybody, hidden, rule("Known", "known yes", lines=SUPPORT | SALES)) == [("Hidden", "shadowed")]


TRANSFER = VariantSpec("Billing", "transfer")


def test_a_transfer_behind_an_assistant_still_answers_requests_to_transfer() -> None:
    everybody, gold = rule("Everybody"), rule("Gold", "tier is gold", variant=TRANSFER)
    assert found(everybody, gold) == []
    assert kinds(everybody, rule("Gold", "tier is gold", "transfer_request no", variant=TRANSFER)) == [
        ("Gold", "shadowed")
    ]
    assert kinds(rule("All", variant=TRANSFER), everybody) == [("Everybody", "shadowed"), ("Everybody", "contradicts")]


def test_an_assistant_is_no_answer_to_a_request_to_transfer() -> None:
    [finding] = found(rule("Gold", "tier is gold", "transfer_request yes"))
    why = "an assistant that asks where to transfer gets transfers only, and “Front desk” is none"
    assert (finding.kind, finding.sentence) == (FindingKind.IMPOSSIBLE, f"Can never match: {why}.")

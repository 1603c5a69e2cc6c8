"""What staff read before they publish."""

from typing import Any

import pytest

from assistants.checking import problems
from assistants.draft_warnings import draft_warnings
from tests.assistants.rules_in_words import NOW

DESK = {"kind": "saved-assistant", "vapi_id": "asst_1"}
SITE = {"fallback": "Desk"}
LINE = {"number": "+13035550190"}
EVERYBODY = {"priority": 1, "variant": "Desk"}
CHRISTMAS = {"trait": "line_holiday", "parameter": "Denver", "operator": "yes"}


def warnings(**document: Any) -> list[str]:
    whole = {"site": SITE, "variants": {"Desk": DESK}, **document}
    assert problems(whole) == []
    return [str(each) for each in draft_warnings(whole, at=NOW)]


def test_a_draft_that_is_meant_so_has_no_warnings() -> None:
    assert warnings(lines={"Support": LINE}, rules={"Everybody": EVERYBODY}) == []


def test_a_line_without_a_fallback_needs_the_site_s() -> None:
    lines = {"Support": LINE, "Sales": {"number": "+13035550191", "fallback": "Desk"}}
    assert warnings(lines=lines) == []
    assert warnings(lines=lines, site={}) == [
        "site settings: There is no fallback: calls on a line that is not listed here get an apology.",
        "line “Support”: Neither this line nor the site has a fallback: whoever no rule takes gets an apology. "
        "Choose one.",
    ]


def test_the_findings_about_rules_are_among_them() -> None:
    rules = {"Everybody": EVERYBODY, "Late": {"priority": 2, "variant": "Desk", "valid_until": "2026-01-01T00:00:00Z"}}
    assert warnings(rules=rules) == ["rule “Late”: Over since 2026-01-01."]


def test_a_disabled_rule_is_not_mentioned() -> None:
    assert warnings(rules={"Everybody": EVERYBODY, "Other": {**EVERYBODY, "priority": 2, "enabled": False}}) == []


@pytest.mark.parametrize(
    ("dates", "conditions", "warned"),
    [
        (["2025-12-25"], [CHRISTMAS], True),
        ([], [CHRISTMAS], True),
        (["2025-12-25", "2026-06-03"], [CHRISTMAS], False),  # today
        (["2025-12-25"], [], False),
    ],
)
def test_a_holiday_list_that_rules_rest_on_must_not_be_over(
    dates: list[str], conditions: list[Any], warned: bool
) -> None:
    found = warnings(holidays={"Denver": dates}, rules={"Holiday": {**EVERYBODY, "conditions": conditions}})
    sentence = "holiday list “Denver”: All its dates are over: add those to come, rules rest on it."
    assert found == [sentence] * warned


def test_a_variant_s_warnings_name_it() -> None:
    [found] = warnings(variants={"Desk": {**DESK, "overrides": {"firstMessage": "Hi {{nickname}}"}}})
    assert found.startswith("variant “Desk”: Nothing fills {{nickname}}")

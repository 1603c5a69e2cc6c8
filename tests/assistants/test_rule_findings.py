"""What is wrong with the draft's rules, and that staff see it at each rule."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistants.models import AssistantVariant
from assistants.rule_findings import draft_findings, findings_in
from tests.admin_forms import signed_in
from tests.assistants.rules_in_words import NOW
from tests.conftest import rule

RULES = "/admin/assistants/routingrule/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


def badges(page: Any) -> dict[str, str]:
    rules = page.context["cl"]
    return {each.name: rules.model_admin.findings(each) for each in rules.result_list}


def test_the_draft_s_findings_stand_by_the_rule_s_name(vip_desk: AssistantVariant) -> None:
    rule("Everybody", vip_desk, priority=1)
    rule("Gold", vip_desk, ("tier", "is", "gold"), priority=2, valid_until=datetime(2026, 1, 1, tzinfo=UTC))
    assert {name: [each.kind for each in found] for name, found in draft_findings(at=NOW).items()} == {"Gold": ["over"]}


def test_a_rule_that_transfers_is_reached_by_requests_to_transfer(vip_desk: AssistantVariant) -> None:
    billing = AssistantVariant.objects.create(name="Billing", kind="transfer", transfer_to="+13035550150")
    rule("Everybody", vip_desk, priority=1)
    rule("Transfers", billing, ("transfer_request", "yes", ""), priority=2)
    rule("Gold", billing, ("tier", "is", "gold"), ("transfer_request", "no", ""), priority=3)
    assert {name: [each.kind for each in found] for name, found in draft_findings(at=NOW).items()} == {
        "Gold": ["shadowed"]
    }


def test_what_else_is_wrong_with_the_document_hides_nothing() -> None:
    broken = {"kind": "whole-assistant"}  # without its JSON
    late = {"priority": 2, "variant": "Desk", "valid_until": "2026-01-01T00:00:00Z"}
    document = {"variants": {"Desk": broken}, "rules": {"Unfinished": {"priority": 1}, "Late": late}}
    assert [finding.rule for finding in findings_in(document, at=NOW)] == ["Late"]


def test_the_list_marks_each_rule_that_is_never_reached(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Everybody <b>", vip_desk, priority=1)
    rule("Gold", vip_desk, ("tier", "is", "gold"), priority=2)
    page = staff.get(RULES)
    found = badges(page)
    assert found["Everybody <b>"] == ""
    assert "never reached" in found["Gold"]
    assert "Never reached: “Everybody &lt;b&gt;” (tried earlier)" in page.content.decode()


def test_the_list_costs_no_more_queries_for_more_rules(staff: Client, vip_desk: AssistantVariant) -> None:
    counts = []
    for priority in range(2):
        for number in range(5):
            rule(f"{priority}-{number}", vip_desk, ("tier", "is", f"{number}"), priority=priority)
        with CaptureQueriesContext(connection) as queries:
            staff.get(RULES)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_form_says_what_is_wrong_with_the_rule(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Everybody", vip_desk, priority=1)
    gold = rule("Gold", vip_desk, ("tier", "is", "gold"), priority=2)
    page = staff.get(f"{RULES}{gold.pk}/change/").content.decode()
    assert "Never reached: “Everybody” (tried earlier) matches everybody whom this rule could match." in page
    assert "Never reached" not in staff.get(f"{RULES}add/").content.decode()

"""Who would answer, and why: by the webhook's own steps."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from assistants import live
from assistants.models import AssistantVariant, Line
from assistants.publishing import publish_first
from customers.models import Customer
from personalization.simulation import CannotSimulate, simulate
from tests.conftest import call_from, rule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 3, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def what_was_published_is_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "current", live.read)


@pytest.fixture
def story(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> None:
    rule("Silver", vip_desk, ("tier", "is", "silver"))
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    rule("All", vip_desk)
    publish_first()


@pytest.mark.parametrize("line", ["Support", "+13035550190"])
def test_the_answer_is_byte_for_byte_the_webhook_s(line: str, story: None) -> None:
    simulated = simulate(number="(303) 555-0101", line=line, at=NOW).reply
    answered = call_from("+13035550101")
    decision_id = answered.json["assistantOverrides"]["metadata"]["decisionId"]
    assert simulated == answered.body.replace(decision_id.encode(), b"simulated")


def test_every_rule_says_why_it_did_or_did_not_match(story: None) -> None:
    trace = simulate(number="+13035550101", line="Support", at=NOW).trace
    assert [(entry.rule.name, str(entry.obstacle or "")) for entry in trace] == [
        ("Silver", "account type is silver (it is “gold”)"),
        ("Gold", ""),
        ("All", ""),
    ]


def test_variables_say_where_they_come_from(story: None) -> None:
    origins = {each.name: each.origin for each in simulate(number="+13035550199", line="Support", at=NOW).variables}
    assert origins["customerName"] == "default (nothing is known)"
    origins = {each.name: each.origin for each in simulate(number="+13035550101", line="Support", at=NOW).variables}
    assert origins["accountType"] == "the customer's account type"


def test_the_greeting_is_as_the_caller_would_hear_it(ada: Customer, support_line: Line) -> None:
    publish_first()
    greeting = simulate(number="+13035550101", line="Support", at=NOW).greeting
    assert greeting == "Hello Ada Example! I see you've been a gold customer since 2023-04-01."


def test_the_draft_is_simulated_on_request(story: None, front_desk: AssistantVariant) -> None:
    rule("First", front_desk, priority=1)
    assert simulate(number="+13035550101", line="Support", at=NOW).decision.reason == "rule:Gold"
    assert simulate(number="+13035550101", line="Support", at=NOW, draft=True).decision.reason == "rule:First"
    rule("Broken", front_desk, ("joined_on", "is", "sometime"))
    with pytest.raises(CannotSimulate, match="before this is mended: rules / Broken"):
        simulate(number="+13035550101", line="Support", at=NOW, draft=True)


def test_the_command_says_it_in_the_terminal(story: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_call", "3035550101", "--line", "Support", "--at", "2026-06-03T09:00:00-06:00")
    out = capsys.readouterr().out
    assert "Customer:  Ada Example (c001)\n" in out
    assert "Reason:    rule:Gold, version 1\n" in out
    assert "  ✗ Silver: account type is silver (it is “gold”)\n  ✓ Gold: all conditions hold\n" in out
    assert json.loads(out[out.index("\n{") :])["assistantId"] == "asst_vip"


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="“noon” is not a time"):
        call_command("simulate_call", "+13035550101", "--at", "noon")

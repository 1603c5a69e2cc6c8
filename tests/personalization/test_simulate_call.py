"""The command that says in the terminal who would answer a call."""

import json

import pytest
from django.core.management import CommandError, call_command

from assistants.models import AssistantVariant, Line
from assistants.publishing import publish_first
from customers.models import Customer
from tests.conftest import rule

pytestmark = pytest.mark.django_db
AT = ("--at", "2026-06-03T09:00:00-06:00")


@pytest.fixture
def story(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> None:
    rule("Silver", vip_desk, ("tier", "is", "silver"))
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_first()


def test_it_says_who_answers_and_why(story: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_call", "3035550101", "--line", "Support", *AT)
    out = capsys.readouterr().out
    assert "Customer:  Ada Example (c001)\n" in out
    assert "Time:      Wed 3 Jun 2026, 09:00 in America/Denver\n" in out
    assert "Reason:    rule:Gold, by version 1\n" in out
    assert "  ✗ Silver: account type is silver (it is “gold”)\n  ✓ Gold: account type is gold (answers)\n" in out
    assert "  {{accountType}} = gold · known of the customer: account type\n" in out
    assert out.endswith("“VIP desk” answers. The rule “Gold” is the first that matches: account type is gold.\n")


def test_it_says_where_an_assistant_transfers_the_call(story: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_call", "3035550101", "--line", "Support", "--transfer", *AT)
    out = capsys.readouterr().out
    assert "Answer:    The call is not transferred\n" in out
    assert "Greeting:  “There is nobody to transfer this call to.” The assistant is told so" in out
    assert "\nNo rules were asked.\n" in out
    assert "Rules, in order" not in out


def test_it_shows_the_exact_json(story: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_call", "3035550101", "--line", "Support", *AT)
    out = capsys.readouterr().out
    answer, _ = json.JSONDecoder().raw_decode(out[out.index("\n{\n") + 1 :])
    assert answer["assistantId"] == "asst_vip"
    assert answer["assistantOverrides"]["variableValues"]["customerName"] == "Ada Example"


def test_a_draft_is_called_one(story: None, front_desk: AssistantVariant, capsys: pytest.CaptureFixture[str]) -> None:
    rule("First", front_desk, priority=1)
    call_command("simulate_call", "3035550101", "--line", "Support", "--draft")
    assert "Reason:    rule:First, by the draft, which callers do not hear\n" in capsys.readouterr().out


def test_a_time_without_an_offset_is_on_the_line_s_clock(story: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_call", "3035550101", "--line", "+13035550190", "--at", "2026-06-03T09:00")
    assert "Time:      Wed 3 Jun 2026, 09:00 in America/Denver\n" in capsys.readouterr().out


def test_an_unknown_line_is_warned_of_with_the_known_ones(story: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("simulate_call", "3035550101", "--line", "Suport")
    assert "Warning:   We have not been told of this line" in (out := capsys.readouterr().out)
    assert "Our lines: Support." in out


def test_sip_headers_may_be_given(
    story: None, front_desk: AssistantVariant, capsys: pytest.CaptureFixture[str]
) -> None:
    rule("Account", front_desk, ("sip_header", "is", "A-7", "X-Account"), priority=1)
    call_command("simulate_call", "3035550101", "--draft", "--sip-header", "X-Account: A-7")
    assert "Reason:    rule:Account, by the draft" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--at", "noon"), "“noon” is not a time: write it as 2026-12-24T20:00"),
        (("--sip-header", "hello"), "“hello”, is no header: write it as X-Account: A-7."),
    ],
)
def test_mistakes_are_explained(arguments: tuple[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("simulate_call", "+13035550101", *arguments)


def test_a_draft_with_problems_is_explained(story: None, vip_desk: AssistantVariant) -> None:
    rule("Broken", vip_desk, ("joined_on", "is", "sometime"))
    with pytest.raises(CommandError, match="before this is mended: rules / Broken"):
        call_command("simulate_call", "+13035550101", "--draft")

"""The demo data tell a story, and the story's answers are right at any hour."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.core.management import call_command
from django.utils import timezone

from assistants import live
from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.incoming import IncomingCall
from assistants.models import AssistantVariant, Line, RoutingRule, SiteSettings
from assistants.publishing import newest_number
from assistants.replies import assistant_reply
from assistants.routing import RoutingDecision, route_call
from customers.models import Call, Customer
from customers.outcomes import outcome_of
from personalization import demo, demo_calls
from tests.conftest import customer, rule

pytestmark = pytest.mark.django_db
WEDNESDAY_NOON_IN_DENVER = datetime(2026, 6, 3, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_demo() -> None:
    call_command("load_demo", verbosity=0)


def route(number: str, at: datetime = WEDNESDAY_NOON_IN_DENVER, line: str = "+13035550190") -> RoutingDecision:
    call = IncomingCall(caller_numbers=(number,), line_numbers=(line,))
    return route_call(call=call, ruleset=compile_document(draft_document(), version=1), at=at, default_region="US")


@pytest.mark.parametrize(
    ("number", "line", "reason"),
    [
        ("+13035550101", "+13035550190", "rule:Gold callers"),
        ("+441614960107", "+441614960990", "rule:Gold callers"),
        ("+13035550103", "+13035550190", "rule:Spanish speakers"),
        ("+13035550104", "+13035550190", "rule:Everybody else"),
        ("+13035550115", "+13035550190", "rule:Everybody else"),
        ("+13035550199", "+13035550190", "rule:Unknown callers"),
        ("+441614960108", "+441614960990", "rule:Out of hours"),
    ],
)
def test_each_caller_meets_the_rule_made_for_them(number: str, line: str, reason: str) -> None:
    assert route(number, line=line).reason == reason


def test_the_seed_document_s_own_sentence_works() -> None:
    reply = assistant_reply(route("+13035550101"), decision_id="d")
    greeting = orjson.loads(orjson.dumps(reply))["assistant"]["firstMessage"]
    assert greeting == "Hello Ada Example! I see you've been a gold customer since 2023-04-01."


@pytest.mark.parametrize("hours", range(0, 7 * 24, 5))
def test_at_any_hour_everybody_gets_an_assistant_with_the_seed_variables(hours: int) -> None:
    at = WEDNESDAY_NOON_IN_DENVER + timedelta(hours=hours)
    for number in ("+13035550101", "+13035550104", "+13035550199", "anonymous"):
        reply = assistant_reply(route(number, at), decision_id="d")
        assert "error" not in reply
        assert reply["assistantOverrides"]["variableValues"].keys() == {"customerName", "accountType", "joinDate"}


def test_loading_twice_changes_nothing() -> None:
    Customer.objects.filter(external_id="demo-01").update(name="Ada Changed")
    call_command("load_demo", verbosity=0)
    assert Customer.objects.count() == 12
    assert Customer.objects.get(external_id="demo-01").name == "Ada Changed"


def test_the_last_days_saw_calls_of_all_types_and_outcomes() -> None:
    calls = Call.objects.filter(created_at__gte=timezone.now() - timedelta(days=9))
    assert calls.count() == len(demo_calls.TALKS) == 30
    assert set(calls.values_list("type", flat=True)) == {"inbound", "outbound", "web"}
    assert set(calls.values_list("outcome", flat=True)) == set(Call.Outcome)
    assert all(outcome_of(call.ended_reason) == call.outcome for call in calls)
    names = {name for name, _, _ in demo.RULES}
    assert {rule for rule in calls.values_list("rule", flat=True) if rule} <= names
    assert set(calls.values_list("variant", flat=True)) <= set(demo.VARIANTS)
    assert set(calls.values_list("version", flat=True)) == {newest_number()}


def test_removing_takes_out_the_demo_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    customer("c001", "Ours", "+13035550180")
    Call.objects.create(vapi_id="0f6a3b1e-5a1c-4a57-9d3e-0b2f6d1c7a11")
    rule("Ours", AssistantVariant.objects.get(name="VIP desk"))
    call_command("remove_demo", "--dry-run")
    counted = "30 calls, 12 customers, 6 rules, 2 lines, 4 variants"
    assert f"Nothing was changed (--dry-run). What would go: {counted}. Kept" in capsys.readouterr().out
    assert RoutingRule.objects.count() == 7
    call_command("remove_demo")
    assert capsys.readouterr().out == (
        f"The demo data are out: {counted}. Kept, because your own rules, lines or settings use them: VIP desk."
        " Callers hear it once the draft is published in the admin.\n"
    )
    assert list(Customer.objects.values_list("external_id", flat=True)) == ["c001"]
    assert list(Call.objects.values_list("vapi_id", flat=True)) == ["0f6a3b1e-5a1c-4a57-9d3e-0b2f6d1c7a11"]
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["Ours"]
    assert not Line.objects.exists()
    assert set(AssistantVariant.objects.values_list("name", flat=True)) == {"Site fallback", "VIP desk"}
    assert SiteSettings.objects.get().fallback is not None


def test_callers_hear_the_demo_without_anybody_publishing_it() -> None:
    assert live.read().ruleset.rules[0].name == "Gold callers"
    call_command("remove_demo", verbosity=0)
    assert live.read().ruleset.rules == ()


def test_what_somebody_has_not_published_yet_is_not_published_with_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("remove_demo")
    rule("Half done", AssistantVariant.objects.create(name="Desk", kind="saved-assistant", vapi_id="a"))
    call_command("load_demo")
    assert "publish all in the admin" in capsys.readouterr().out
    assert live.read().ruleset.rules == ()

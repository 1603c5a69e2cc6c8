"""Who would answer, and why: by the webhook's own steps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from assistants import live
from assistants.models import AssistantVariant, Line, Pin, RoutingRule, SiteSettings
from assistants.publishing import publish_draft, publish_first
from customers.models import Call, Customer
from personalization import simulation_words as words
from personalization.simulation import CannotSimulate, simulate
from tests.conftest import call_from, customer, post, rule

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


def test_the_answer_is_the_webhook_s_for_a_sip_caller_too(story: None, vip_desk: AssistantVariant) -> None:
    rule("Account 7", vip_desk, ("transport", "is", "SIP"), ("sip_header", "is", "A-7", "X-Account"), priority=1)
    publish_draft(note="By account")
    simulated = simulate(number="sip:ada@example.com", line="Support", at=NOW, sip_headers={"X-Account": "A-7"})
    assert simulated.decision.reason == "rule:Account 7"
    assert simulate(number="sip:ada@example.com", line="Support", at=NOW).decision.reason == "rule:All"


def test_a_request_to_transfer_is_simulated_byte_for_byte_too(story: None, ada: Customer) -> None:
    desk = AssistantVariant.objects.create(name="Billing", kind="transfer", transfer_to="+13035550150")
    rule("Transfers", desk, ("tier", "is", "gold"), ("transfer_request", "yes", ""), priority=1)
    publish_draft(note="Transfers")
    simulated = simulate(number="(303) 555-0101", line="Support", at=NOW, transfer=True)
    call, line = {"customer": {"number": "+13035550101"}}, {"number": "+13035550190"}
    asked = {"type": "transfer-destination-request", "call": call, "phoneNumber": line}
    assert simulated.reply == post({"message": asked}).body
    assert [step.rule.name for step in simulated.trace] == ["Transfers"]
    nobody = simulate(number="+13035550177", line="Support", at=NOW, transfer=True)
    assert words.answer_in_words(nobody) == "The call is not transferred"
    assert words.reason_in_words(nobody) == "No rule that transfers calls matches, and no fallback is a transfer."


def test_what_is_remembered_of_earlier_calls_is_said(story: None, ada: Customer) -> None:
    ended = {"created_at": NOW - timedelta(hours=2), "ended_at": NOW - timedelta(hours=1), "outcome": "hung-up"}
    assert words.caller_in_words(simulate(number="+13035550101", line="Support", at=NOW)).endswith(
        "is known. No earlier call is remembered."
    )
    Call.objects.create(vapi_id="call-0", customer=ada, **ended)
    known = words.caller_in_words(simulate(number="+13035550101", line="Support", at=NOW))
    last = "Wed 3 Jun 2026, 08:00 in America/Denver (hung-up)"
    assert known.endswith(f"is known. 1 earlier call is remembered; the last one ended {last}.")


def test_every_rule_says_why_it_did_or_did_not_match(story: None) -> None:
    trace = simulate(number="+13035550101", line="Support", at=NOW).trace
    assert [(step.rule.name, step.outcome, step.sentence) for step in trace] == [
        ("Silver", "does not match", "account type is silver (it is “gold”)"),
        ("Gold", "answers", "account type is gold (answers)"),
        ("All", "would match too", "always (would match too)"),
    ]


def test_a_weekday_is_named(support_line: Line, vip_desk: AssistantVariant) -> None:
    rule("Weekend", vip_desk, ("line_weekday", "any-of", "Sat, Sun"))
    publish_first()
    step = simulate(number="+13035550199", line="Support", at=NOW).trace[0]
    assert step.obstacle
    assert step.obstacle.actual == "Wednesday"


def test_variables_say_where_they_come_from(story: None) -> None:
    origins = {each.name: each.origin for each in simulate(number="+13035550199", line="Support", at=NOW).variables}
    assert origins["customerName"] == "default (nothing is known)"
    origins = {each.name: each.origin for each in simulate(number="+13035550101", line="Support", at=NOW).variables}
    assert origins["accountType"] == "known of the customer: account type"


def test_the_draft_is_simulated_on_request(story: None, front_desk: AssistantVariant) -> None:
    rule("First", front_desk, priority=1)
    assert simulate(number="+13035550101", line="Support", at=NOW).decision.reason == "rule:Gold"
    assert simulate(number="+13035550101", line="Support", at=NOW, draft=True).decision.reason == "rule:First"
    rule("Broken", front_desk, ("joined_on", "is", "sometime"))
    with pytest.raises(CannotSimulate, match="before this is mended: rules / Broken"):
        simulate(number="+13035550101", line="Support", at=NOW, draft=True)


def switch_on_the_site(ada: Customer, variant: AssistantVariant) -> None:
    SiteSettings.objects.update(emergency=True)


def switch_on_the_line(ada: Customer, variant: AssistantVariant) -> None:
    Line.objects.update(emergency=True)


def block(ada: Customer, variant: AssistantVariant) -> None:
    Customer.objects.filter(pk=ada.pk).update(blocked=True)


def pin_the_customer(ada: Customer, variant: AssistantVariant) -> None:
    Pin.objects.create(customer=ada, variant=variant, until=datetime(2099, 1, 1, tzinfo=UTC))


def pin_the_number(ada: Customer, variant: AssistantVariant) -> None:
    Pin.objects.create(number="+13035550101", variant=variant, until=datetime(2099, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (switch_on_the_site, "The emergency switch of the whole site is on: every call gets the fallback"),
        (switch_on_the_line, "The emergency switch of the line “Support” is on: every call gets the fallback"),
        (block, "Ada Example is blocked by staff and hears the site's refusal."),
        (pin_the_customer, "Ada Example is pinned to “Front desk” until Wed 31 Dec 2098, 17:00 in America/Denver."),
        (pin_the_number, "The number +13035550101 is pinned to “Front desk” until"),
    ],
)
def test_what_comes_before_all_rules_is_explained_and_rules_say_what_they_would_have_done(
    happens: Callable[[Customer, AssistantVariant], None],
    sentence: str,
    story: None,
    ada: Customer,
    front_desk: AssistantVariant,
) -> None:
    happens(ada, front_desk)
    simulation = simulate(number="+13035550101", line="Support", at=NOW)
    assert words.reason_in_words(simulation).startswith(sentence)
    assert [step.outcome for step in simulation.trace] == ["does not match", "would have answered", "would match too"]


def test_a_rule_s_reason_names_its_conditions_and_its_split(
    support_line: Line, ada: Customer, vip_desk: AssistantVariant, front_desk: AssistantVariant
) -> None:
    split = rule("Halves", vip_desk, ("tier", "is", "gold"), ("known", "yes", ""))
    split.shares.create(variant=vip_desk, weight=1)
    split.shares.create(variant=front_desk, weight=3)
    RoutingRule.objects.update(variant=None)
    publish_first()
    simulation = simulate(number="+13035550101", line="Support", at=NOW)
    assert simulation.decision.variant
    part = {"VIP desk": 1, "Front desk": 3}[simulation.decision.variant.name]
    sentence = words.reason_in_words(simulation)
    assert sentence.startswith(
        "The rule “Halves” is the first that matches: account type is gold and the caller is known."
    )
    assert f"{part} of 4 to “{simulation.decision.variant.name}”" in sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Support", "No rule matches, so the fallback of the line “Support” answers."),
        ("+13035550150", "No rule matches and we have not been told of this line, so the site's fallback answers."),
    ],
)
def test_a_fallback_is_explained(line: str, sentence: str, support_line: Line, vip_desk: AssistantVariant) -> None:
    SiteSettings.objects.update(fallback=vip_desk)
    publish_first()
    simulation = simulate(number="+13035550199", line=line, at=NOW)
    assert words.reason_in_words(simulation) == sentence
    assert ("We have not been told of this line" in " ".join(words.warnings(simulation))) == (line != "Support")


def test_an_apology_is_explained(no_site_fallback: SiteSettings) -> None:
    simulation = simulate(number="+13035550199", line="", at=NOW)
    assert words.answer_in_words(simulation) == "The caller hears an apology"
    assert "there is no fallback" in words.reason_in_words(simulation)
    assert words.warnings(simulation)[0].startswith("Nothing has been published yet")


def test_names_that_nothing_fills_are_warned_of(support_line: Line, front_desk: AssistantVariant) -> None:
    front_desk.overrides = {"firstMessage": "Hello {{customerName}}, {{account}} owes {{debt}} at {{now}}."}
    front_desk.save()
    publish_first()
    simulation = simulate(number="+13035550199", line="Support", at=NOW, sip_headers={"X-Account": "A-7"})
    assert words.warnings(simulation)[-1].startswith("Nothing fills {{debt}}: callers hear a gap there.")


def test_a_shared_and_a_trunk_s_number_are_explained(support_line: Line, ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+13035550101")
    publish_first()
    shared = simulate(number="+13035550101", line="Support", at=NOW)
    assert words.caller_in_words(shared).startswith("Several customers share +13035550101 and none is its main owner")
    trunk = simulate(number="4711", line="Support", at=NOW)
    assert words.warnings(trunk) == [
        "“4711” is no telephone number: it is read as the identity that a SIP trunk sends."
    ]

"""What Vapi gets: saved assistants, whole assistants, errors, and the headers that say why."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from assistants.models import AssistantVariant, Line, SiteSettings, Variable
from customers.models import Call, Customer
from tests.conftest import call_from, customer, post, rule

VALUES = {"customerName": "Ada Example", "accountType": "gold", "joinDate": "2023-04-01"}


def test_a_saved_assistant_with_variables_and_metadata(
    ada: Customer, vip_desk: AssistantVariant, support_line: Line
) -> None:
    rule("Gold callers", vip_desk, ("tier", "is", "gold"))
    answer = call_from("+13035550101")
    metadata = answer.json["assistantOverrides"]["metadata"]
    decision_id = metadata.pop("decisionId")
    assert answer.json["assistantId"] == "asst_vip"
    assert answer.json["assistantOverrides"]["variableValues"] == VALUES
    assert metadata == {
        "customerId": "c001", "customerName": "Ada Example", "rule": "Gold callers", "variant": "VIP desk", "version": 1
    }  # fmt: skip
    assert len(decision_id) >= 20
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("rule:Gold callers", "live")


def test_a_whole_assistant_with_the_customer_s_data_embedded(ada: Customer, support_line: Line) -> None:
    answer = call_from("+13035550101")
    assistant = answer.json["assistant"]
    assert assistant["firstMessage"] == "Hello Ada Example! I see you've been a gold customer since 2023-04-01."
    assert answer.json["assistantOverrides"]["variableValues"] == VALUES
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("line-fallback", "live")


def test_expressions_that_only_vapi_can_render_stay(ada: Customer, support_line: Line) -> None:
    prompt = call_from("+13035550101").json["assistant"]["model"]["messages"][0]["content"]
    assert prompt == "Shout {{ customerName | upcase }} at {{now}}."


def test_overrides_are_sent_and_keep_their_own_variables(ada: Customer, vip_desk: AssistantVariant) -> None:
    vip_desk.overrides = {
        "firstMessage": "Hi {{customerName}}",
        "variableValues": {"shop": "Denver"},
        "metadata": {"a": 1},
    }
    vip_desk.save()
    rule("Everybody", vip_desk)
    overrides = call_from("+13035550101").json["assistantOverrides"]
    assert overrides["firstMessage"] == "Hi {{customerName}}"
    assert overrides["variableValues"] == {"shop": "Denver", **VALUES}
    assert overrides["metadata"]["a"] == 1


def test_missing_data_is_spoken_as_the_default(vip_desk: AssistantVariant) -> None:
    customer("c9", "", "+13035550109")
    rule("Everybody", vip_desk)
    assert call_from("+13035550109").json["assistantOverrides"]["variableValues"] == {
        "customerName": "friend", "accountType": "standard", "joinDate": "long ago"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("{{now}}", "((now))"),
        ("{% raw %}", "(% raw %)"),
        ("Zoë <b>&amp; 'Co'</b> \"x\" \\ 100 %", "Zoë <b>&amp; 'Co'</b> \"x\" \\ 100 %"),
        ("a\u200bb\u0007c\u202ed\ufefe"[:-1] + "e", "abcde"),
        ("x" * 200, "x" * 200),
        ("\u200b", "friend"),
    ],
)
def test_customer_data_is_data(stored: str, sent: str, support_line: Line) -> None:
    customer("c7", stored, "+13035550107")
    answer = call_from("+13035550107").json
    assert answer["assistantOverrides"]["variableValues"]["customerName"] == sent
    assert answer["assistant"]["firstMessage"].startswith(f"Hello {sent}!")


def test_long_values_are_cut(ada: Customer, vip_desk: AssistantVariant) -> None:
    ada.attributes = {"story": "y" * 200_000}
    ada.save()
    Variable.objects.create(variant=vip_desk, name="story", trait="attribute", parameter="story", default="none")
    rule("Everybody", vip_desk)
    assert call_from("+13035550101").json["assistantOverrides"]["variableValues"]["story"] == "y" * 500


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("pro", "pro"),
        (12, "12"),
        (12.5, "12.5"),
        (True, "yes"),
        (False, "no"),
        (["a", "b"], "a, b"),
        ([], "-"),
        ("", "-"),
    ],
)
def test_attributes_are_spoken_as_text(value: Any, spoken: str, ada: Customer, vip_desk: AssistantVariant) -> None:
    ada.attributes = {"plan": value}
    ada.save()
    Variable.objects.create(variant=vip_desk, name="plan", trait="attribute", parameter="plan", default="-")
    rule("Everybody", vip_desk)
    assert call_from("+13035550101").json["assistantOverrides"]["variableValues"]["plan"] == spoken


def test_a_verified_variable_is_not_disclosed_on_the_phone(ada: Customer, vip_desk: AssistantVariant) -> None:
    Variable.objects.create(variant=vip_desk, name="mail", trait="email", default="unknown", disclosure="verified")
    Customer.objects.update(email="ada@example.com")
    rule("Everybody", vip_desk)
    answer = call_from("+13035550101")
    assert answer.json["assistantOverrides"]["variableValues"]["mail"] == "unknown"
    assert b"ada@example.com" not in answer.body


def test_a_dropped_call_is_taken_up_again(ada: Customer, vip_desk: AssistantVariant) -> None:
    said = (("about", "last_call_summary", "30"), ("promised", "last_call_promise", "30"))
    for name, trait, parameter in (("ended", "last_call_ended", ""), *said):
        facts = {"trait": trait, "parameter": parameter, "default": "-", "disclosure": "open"}
        Variable.objects.create(variant=vip_desk, name=name, **facts)
    rule("Cut off", vip_desk, ("minutes_since_last_call", "at-most", "10"), ("last_call_ended", "is", "failed"))
    assert call_from("+13035550101").reason == "site-fallback"
    ended = {"created_at": timezone.now(), "ended_at": timezone.now(), "outcome": "failed", "summary": "Order A1."}
    ended["structured_data"] = {"openPromise": "Call back on Monday."}
    Call.objects.create(vapi_id="call-0", customer=ada, number="+13035550101", **ended)
    values = call_from("+13035550101").json["assistantOverrides"]["variableValues"]
    assert values["ended"] == "failed"
    assert values["about"] == "The customer's last call was summarised as: “Order A1.”"
    assert values["promised"] == "In the last call this was promised: “Call back on Monday.”"


def test_that_a_call_ended_is_known_before_its_report_comes(ada: Customer, vip_desk: AssistantVariant) -> None:
    rule("Silent", vip_desk, ("minutes_since_last_call", "at-most", "1"), ("last_call_ended", "is", "silence"))
    call = {"id": "call-0", "type": "inboundPhoneCall", "customer": {"number": "+13035550101"}}
    ended = {"type": "status-update", "status": "ended", "endedReason": "silence-timed-out", "call": call}
    assert post({"message": ended}).status == 200
    call_command("housekeeping", "--once", verbosity=0)
    assert call_from("+13035550101").reason == "rule:Silent"


def test_a_ticked_variable_stands_in_metadata_too(ada: Customer, vip_desk: AssistantVariant) -> None:
    Variable.objects.filter(name="accountType").update(in_metadata=True)
    rule("Everybody", vip_desk)
    assert call_from("+13035550101").json["assistantOverrides"]["metadata"]["accountType"] == "gold"


def test_without_anything_to_answer_with_the_caller_hears_an_apology(no_site_fallback: SiteSettings) -> None:
    answer = call_from("+13035550199")
    assert answer.json == {"error": "Unable to find customer record. Please try again later."}
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("apology", "spoken")


def test_a_new_site_answers_with_the_seed_variables(db: None) -> None:
    answer = call_from("+13035550199", line="+13035550000")
    assert answer.reason == "site-fallback"
    assert answer.json["assistantOverrides"]["variableValues"].keys() == VALUES.keys()
    assert all(answer.json["assistantOverrides"]["variableValues"].values())


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Gold callers", "rule:Gold callers"),
        ("50 % off", "rule:50 %25 off"),
        ("Größe", "rule:Gr%C3%B6%C3%9Fe"),
        ('a"b~c', 'rule:a"b~c'),
    ],
)
def test_the_reason_survives_as_a_header(name: str, header: str, ada: Customer, vip_desk: AssistantVariant) -> None:
    rule(name, vip_desk)
    assert call_from("+13035550101").reason == header


@pytest.mark.parametrize("switch", ["site", "line"])
def test_the_emergency_switch_sends_every_call_to_the_fallback(
    switch: str, ada: Customer, vip_desk: AssistantVariant, support_line: Line
) -> None:
    rule("Everybody", vip_desk)
    if switch == "site":
        SiteSettings.objects.update(emergency=True)
    else:
        Line.objects.update(emergency=True)
    answer = call_from("+13035550101")
    assert (answer.reason, answer.json["assistant"]["name"]) == ("emergency", "Front desk")


def test_a_saved_change_is_live_at_once(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> None:
    stored = rule("Everybody", vip_desk)
    assert call_from("+13035550101").reason == "rule:Everybody"
    stored.name = "All"
    stored.save()
    assert call_from("+13035550101").reason == "rule:All"
    stored.delete()
    assert call_from("+13035550101").reason == "line-fallback"
    Customer.objects.update(joined_on=date(2024, 5, 6))
    assert call_from("+13035550101").json["assistantOverrides"]["variableValues"]["joinDate"] == "2024-05-06"


@pytest.mark.parametrize(
    "phone_number",
    [
        {"message": {"phoneNumber": {"id": "pn-1"}}},
        {"message": {"call": {"phoneNumberId": "pn-1"}}},
        {"message": {"phoneNumber": {"number": "+1 303 555 0190"}}},
        {"message": {"call": {"phoneNumber": {"number": "+13035550190"}}}},
        {"message": {"call": {"to": {"phoneNumber": "+13035550190"}}}},
        {"message": {}, "call": {"to": {"phoneNumber": "+13035550190"}}},
        {"message": {"phoneNumber": {"number": None, "sipUri": "sip:Support@SIP.example.com;x=1"}}},
    ],
)
def test_the_line_is_found_wherever_it_stands(phone_number: dict[str, Any], support_line: Line) -> None:
    support_line.vapi_id, support_line.sip_uri = "pn-1", "sip:Support@sip.example.com"
    support_line.save()
    phone_number["message"]["type"] = "assistant-request"
    assert post(phone_number).reason == "line-fallback"


def test_log_lines_hold_no_name_and_no_whole_number(
    ada: Customer, support_line: Line, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logged = []
    import logging

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append(record.getMessage())

    handler = Keep()
    logging.getLogger("personalization").addHandler(handler)
    try:
        call_from("+13035550101")
    finally:
        logging.getLogger("personalization").removeHandler(handler)
    assert len(logged) == 1
    assert re.search(r"\+1303…01", logged[0])
    assert "3035550101" not in logged[0]
    assert "Ada" not in logged[0]

"""Web calls of signed-in customers, and that what they start is theirs."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import vapi
from django.utils import timezone

from assistants.decision_ids import number_of, proves
from assistants.models import AssistantVariant, Line, Pin, SiteSettings, Variable
from customers.models import Call, Customer, StartedCall
from customers.reports import record
from personalization.api.models import Scope
from personalization.call_messages import read_call_news
from tests.conftest import Answer, call_from, rule
from tests.personalization.api.conftest import Api, KeyFor, fields
from tests.personalization.test_contract import unknown_keys

PATH = "/api/web-calls"


def start(api: Api, **asked: Any) -> Answer:
    return api("POST", PATH, {"customer": "c001", **asked})


def dto(answer: Answer) -> dict[str, Any]:
    """What the SDK's `start` posts to Vapi (vapi.ts): ids and whole objects apart."""
    given = answer.json
    sent: dict[str, Any] = {"assistantOverrides": given["assistantOverrides"]}
    for name in ("assistant", "squad"):
        sent[f"{name}Id" if isinstance(given[name], str) else name] = given[name]
    return {name: value for name, value in sent.items() if value is not None}


def check(answer: Answer) -> None:
    """As Vapi's SDK reads a web call."""
    assert answer.status == 200
    assert unknown_keys(vapi.CreateWebCallDto.model_validate(dto(answer))) == []


def test_a_saved_assistant_is_started_by_its_id(api: Api, ada: Customer, vip_desk: AssistantVariant) -> None:
    rule("Gold callers", vip_desk, ("tier", "is", "gold"))
    answer = start(api, metadata={"page": "checkout"})
    check(answer)
    assert (answer.json["assistant"], answer.json["squad"]) == ("asst_vip", None)
    overrides, decision = answer.json["assistantOverrides"], answer.json["decision"]
    assert overrides["variableValues"] == {
        "customerName": "Ada Example",
        "accountType": "gold",
        "joinDate": "2023-04-01",
    }
    assert overrides["metadata"].keys() == {"page", "customerId", "customerName", "decisionId"}
    assert proves(overrides["metadata"]["decisionId"], "c001")
    assert decision | {"id": ""} == {
        "id": "",
        "reason": "rule:Gold callers",
        "rule": "Gold callers",
        "variant": "VIP desk",
        "version": 1,
        "line": None,
    }


def test_a_whole_assistant_comes_as_json_with_the_values_in_it(api: Api, ada: Customer, support_line: Line) -> None:
    answer = start(api, line="Support")
    check(answer)
    assert answer.json["assistant"]["firstMessage"].startswith("Hello Ada Example!")
    assert answer.json["decision"]["line"] == "Support"


def test_squads_are_started_too(api: Api, ada: Customer) -> None:
    member = {"assistant": {"name": "Desk", "firstMessage": "Hello {{customerName}}"}}
    AssistantVariant.objects.create(name="Saved", kind="saved-squad", vapi_id="squad-1")
    whole = AssistantVariant.objects.create(
        name="Whole",
        kind="whole-squad",
        document={"members": [member], "membersOverrides": {"variableValues": {"shop": "Bath"}, "metadata": {"a": 1}}},
    )
    Variable.objects.create(variant=whole, name="customerName", trait="name", default="friend")
    saved, made = start(api, variant="Saved"), start(api, variant="Whole")
    check(saved)
    check(made)
    assert (saved.json["squad"], saved.json["assistant"]) == ("squad-1", None)
    assert (made.json["assistant"], made.json["assistantOverrides"]) == (None, None)
    overrides = made.json["squad"]["membersOverrides"]
    assert overrides["variableValues"] == {"shop": "Bath", "customerName": "Ada Example"}
    assert overrides["metadata"].keys() == {"customerId", "customerName", "decisionId"}


def test_verified_variables_are_sent_here_and_only_here(api: Api, ada: Customer, vip_desk: AssistantVariant) -> None:
    vip_desk.variables.filter(name="accountType").update(disclosure="verified")
    SiteSettings.objects.update(fallback=vip_desk)
    assert start(api).json["assistantOverrides"]["variableValues"]["accountType"] == "gold"
    assert call_from("+13035550101").json["assistantOverrides"]["variableValues"]["accountType"] == "standard"


def test_pins_and_emergency_switches_count(api: Api, ada: Customer, support_line: Line, vip_desk: Any) -> None:
    Pin.objects.create(customer=ada, variant=vip_desk, until=timezone.now() + timedelta(days=1))
    assert start(api, line="Support").json["decision"]["reason"] == "pin"
    support_line.emergency = True
    support_line.save()
    asked = start(api, line="Support", variant="VIP desk").json["decision"]
    assert (asked["reason"], asked["variant"]) == ("emergency", "Front desk")


def test_rules_can_tell_a_web_call(api: Api, ada: Customer, vip_desk: AssistantVariant) -> None:
    rule("On the web", vip_desk, ("transport", "is", "web"))
    assert start(api).json["decision"]["reason"] == "rule:On the web"


def test_the_variant_that_was_asked_for_stands_over_rules(
    api: Api, ada: Customer, vip_desk: Any, front_desk: Any
) -> None:
    rule("Everybody", front_desk)
    assert start(api, variant="VIP desk").json["decision"] | {"id": ""} == {
        "id": "",
        "reason": "requested",
        "rule": None,
        "variant": "VIP desk",
        "version": 1,
        "line": None,
    }


def test_what_no_browser_can_start_is_refused_with_what_to_say(api: Api, ada: Customer) -> None:
    refusal = AssistantVariant.objects.create(name="No", kind="refusal")
    refusal.refusal_texts.create(language="en", text="Please write to us.")
    SiteSettings.objects.update(refusal=refusal)
    Customer.objects.update(blocked=True)
    blocked = start(api)
    assert (blocked.status, blocked.json["reason"], blocked.json["say"]) == (422, "blocked", "Please write to us.")
    Customer.objects.update(blocked=False)
    AssistantVariant.objects.create(name="Desk", kind="transfer", transfer_to="+13035550123")
    transfer = start(api, variant="Desk")
    assert (transfer.status, transfer.json["destination"]["number"]) == (422, "+13035550123")
    assert not StartedCall.objects.exists()


def test_no_secret_reaches_a_browser(api: Api, ada: Customer, front_desk: AssistantVariant) -> None:
    front_desk.overrides = {"server": {"url": "https://tools.example.com", "headers": {"X-Key": "hush"}}}
    front_desk.save()
    refused = start(api, variant="Front desk")
    assert refused.status == 422
    assert "assistantOverrides.server.headers" in refused.json["detail"]
    assert "hush" not in refused.body.decode()


def test_an_inactive_customer_is_nobody(api: Api, ada: Customer, vip_desk: AssistantVariant) -> None:
    Customer.objects.update(active=False)
    overrides = start(api, variant="VIP desk").json["assistantOverrides"]
    assert overrides["variableValues"]["customerName"] == "friend"
    assert overrides["metadata"].keys() == {"decisionId"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"customer": ""}, "customer"),
        ({"line": "Sales"}, "line"),
        ({"variant": "Nobody"}, "variant"),
        ({"metadata": {"customerId": "c002"}}, "metadata"),
        ({"metadata": {"a": "x" * 10_000}}, "metadata"),
        ({"metadata": []}, "metadata"),
        ({"phone": "+13035550101"}, "phone"),
        ({"origin": "shop"}, "origin"),
        ({"origin": "https://shop.example.com"}, "origin"),
    ],
)
def test_mistakes_are_named(api: Api, ada: Customer, asked: dict[str, Any], field: str) -> None:
    answer = start(api, **asked)
    assert answer.status == 400
    assert fields(answer).keys() == {field}


def test_only_customers_whom_we_have_and_keys_for_it(api: Api, ada: Customer, key_for: KeyFor) -> None:
    assert start(api, customer="c009").status == 404
    assert start(api, customer=f"id:{ada.pk}").status == 200
    api("DELETE", "/api/customers/c001")
    assert start(api).status == 410
    assert start(key_for(Scope.CALLS_READ)).status == 403


def test_a_token_is_good_for_one_assistant_and_one_site(api: Api, ada: Customer, vip_desk: Any, settings: Any) -> None:
    settings.VAPI_ORG_ID, settings.VAPI_API_KEY = "org-1", "a-private-key-of-36-characters-12345"
    answer = start(api, variant="VIP desk", origin="https://Shop.example.com/cart?x=1")
    claims = jwt.decode(answer.json["token"], settings.VAPI_API_KEY, algorithms=["HS256"])
    assert claims["exp"] - claims["iat"] == 600
    assert claims["orgId"] == "org-1"
    assert claims["token"] == {
        "tag": "public",
        "restrictions": {
            "enabled": True,
            "allowedOrigins": ["https://shop.example.com"],
            "allowedAssistantIds": ["asst_vip"],
            "allowTransientAssistant": False,
        },
    }


@pytest.mark.parametrize("variant", ["VIP desk", "Squad"])
def test_the_call_s_messages_are_the_customer_s(api: Api, ada: Customer, vip_desk: Any, variant: str) -> None:
    members = [{"assistantId": "asst_vip"}]
    AssistantVariant.objects.create(name="Squad", kind="whole-squad", document={"members": members})
    call = {"id": "call-1", "type": "webCall", **dto(start(api, variant=variant))}
    message = {"type": "status-update", "status": "in-progress", "call": call}
    record(read_call_news({"message": message}, at=timezone.now()))
    kept = Call.objects.get()
    assert (kept.customer, kept.claimed, kept.type) == (ada, False, "web")
    assert (kept.reason, kept.variant, kept.version) == ("requested", variant, 1)


def test_what_was_decided_is_kept_for_the_call_s_messages(api: Api, ada: Customer, vip_desk: AssistantVariant) -> None:
    answer = start(api, variant="VIP desk")
    kept = StartedCall.objects.get()
    assert kept.decision_id == answer.json["decision"]["id"]
    assert kept.decision_id == number_of(answer.json["assistantOverrides"]["metadata"]["decisionId"])
    assert (kept.customer, kept.type, kept.by, kept.variant) == (ada, "web", "the API key “CRM”", "VIP desk")

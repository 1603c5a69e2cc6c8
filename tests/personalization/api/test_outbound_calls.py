"""Calls to customers over HTTP: each key at most one call, and every reason why nobody is called."""

import json
from datetime import time, timedelta
from typing import Any

import pytest
import vapi as sdk
from django.utils import timezone

from assistants.models import Line, OutboundPolicy
from assistants.vapi_schema_file import written_schema
from customers.models import Call, Customer, StartedCall
from personalization.api.models import Scope
from tests.conftest import Answer
from tests.personalization.api.conftest import Api, KeyFor, fields
from tests.personalization.test_contract import unknown_keys
from tests.vapi_fake import Answer as VapiAnswer
from tests.vapi_fake import FakeVapi

PATH = "/api/outbound-calls"


@pytest.fixture(autouse=True)
def ready(ada: Customer, support_line: Line, vapi: FakeVapi) -> None:
    """Ada agreed to be called, at any hour, and the line is at Vapi."""
    written_schema()
    Customer.objects.update(call_consent_at=timezone.now() - timedelta(days=1), call_consent_how="on the phone")
    support_line.vapi_id = vapi.add("phone-number", id="pn-support", provider="vapi")["id"]
    support_line.save()
    OutboundPolicy.objects.create(pk=1, quiet_from=time(8), quiet_until=time(8))


def call(api: Api, key: str = "6fa2", **asked: Any) -> Answer:
    return api("POST", PATH, {"customer": "c001", **asked}, Idempotency_Key=key)


def test_a_call_is_placed(api: Api, vapi: FakeVapi) -> None:
    answer = call(api, line="Support", phone="(303) 555-0101", metadata={"ticket": 7})
    assert answer.status == 201
    assert answer.json | {"due_at": "", "decision": ""} == {
        "id": "call-0",
        "state": "placed",
        "customer": "c001",
        "number": "+13035550101",
        "due_at": "",
        "decision": "",
    }
    assert (answer.json["decision"]["reason"], answer.json["decision"]["line"]) == ("line-fallback", "Support")
    assert StartedCall.objects.get().by == "the API key “CRM”"


def test_its_record_holds_neither_card_numbers_nor_our_signature(api: Api, vapi: FakeVapi) -> None:
    decision = call(api, metadata={"note": "4242 4242 4242 4242"}).json["decision"]
    metadata = Call.objects.get().metadata
    assert (metadata["note"], metadata["decisionId"]) == ("**** **** **** 4242", decision["id"])


def test_what_is_sent_is_what_vapi_s_sdk_would_send(api: Api, vapi: FakeVapi) -> None:
    call(api, earliest_at=(timezone.now() + timedelta(hours=1)).isoformat())
    body = vapi.changes()[0].body
    assert unknown_keys(sdk.CreateOutboundCallDto.model_validate(body)) == []


def test_the_same_key_gives_the_same_answer_and_no_second_call(api: Api, vapi: FakeVapi) -> None:
    assert call(api).json == call(api).json
    assert len(vapi.changes()) == 1
    other = call(api, phone="+13035550101")
    assert (other.status, other.json["reason"]) == (422, "key-used")
    assert call(api, "another").status == 201


def test_without_an_answer_the_call_may_have_been_placed(api: Api, vapi: FakeVapi) -> None:
    vapi.lost_answers = 1
    unknown = call(api)
    assert (unknown.status, unknown.json["id"], unknown.json["state"]) == (202, None, "unknown")
    assert "Ask again with the same key" in unknown.json["detail"]
    found = call(api)
    assert (found.status, found.json["id"]) == (201, "call-0")
    assert len(vapi.changes()) == 1
    assert Call.objects.get().customer == Customer.objects.get()


def test_a_key_is_needed(api: Api) -> None:
    for key in ("", "x" * 256):
        answer = call(api, key)
        assert answer.status == 400
        assert fields(answer).keys() == {"Idempotency-Key"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"line": "Sales"}, "line"),
        ({"variant": "Nobody"}, "variant"),
        ({"phone": "+13035550199"}, "phone"),
        ({"earliest_at": "tomorrow"}, "earliest_at"),
        ({"metadata": {"decisionId": "1"}}, "metadata"),
        ({"metadata": {"page": "\0"}}, "metadata"),
        ({"metadata": {"page\0": 1}}, "metadata"),
        ({"metadata": json.loads('{"a":' * 21 + "1" + "}" * 21)}, "metadata"),
        ({"when": "now"}, "when"),
    ],
)
def test_mistakes_are_named(api: Api, vapi: FakeVapi, asked: dict[str, Any], field: str) -> None:
    answer = call(api, **asked)
    assert answer.status == 400
    assert fields(answer).keys() == {field}
    assert vapi.changes() == []


def test_without_consent_nobody_is_called(api: Api, vapi: FakeVapi) -> None:
    Customer.objects.update(call_consent_at=None, call_consent_how="")
    answer = call(api)
    assert (answer.status, answer.json["reason"]) == (422, "no-consent")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert vapi.sent == []


def test_a_refusal_for_the_hour_says_when(api: Api) -> None:
    OutboundPolicy.objects.update(most_per_hour=1)
    assert call(api, "first").status == 201
    answer = call(api)
    assert answer.json["reason"] == "hourly-limit"
    assert answer.json["next_allowed_at"].endswith(":00:00+00:00")
    OutboundPolicy.objects.update(most_per_hour=0)
    assert "next_allowed_at" not in call(api).json


def test_what_vapi_says_is_handed_on(api: Api, vapi: FakeVapi, settings: Any) -> None:
    vapi.next_answers = [VapiAnswer(400, {"message": "no credits left"})]
    refused = call(api)
    assert refused.status == 502
    assert "no credits left" in refused.json["detail"]
    settings.VAPI_API_KEY = ""
    assert "VAPI_API_KEY is not set" in call(api).json["detail"]


def test_only_customers_whom_we_have_and_keys_for_it(api: Api, key_for: KeyFor) -> None:
    assert call(api, customer="c009").status == 404
    assert call(key_for(Scope.CUSTOMERS_WRITE)).status == 403
    assert call(api).status == 201
    api("DELETE", "/api/customers/c001")
    assert call(api).status == 410

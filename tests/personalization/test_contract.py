"""Our answers as Vapi's own SDK reads them: every payload, every kind of variant."""

import json
from pathlib import Path
from typing import Any

import pytest
import vapi
from pydantic import BaseModel

from assistants.models import AssistantVariant, Line
from customers.models import Customer
from tests.conftest import call_from, post, rule

PAYLOADS = sorted((Path(__file__).parent.parent / "payloads").glob("*.json"))
MODELS: dict[str, type[BaseModel]] = {
    "assistant-request": vapi.ServerMessageResponseAssistantRequest,
    "tool-calls": vapi.ServerMessageResponseToolCalls,
    "transfer-destination-request": vapi.ServerMessageResponseTransferDestinationRequest,
    "handoff-destination-request": vapi.ServerMessageResponseHandoffDestinationRequest,
    "knowledge-base-request": vapi.ServerMessageResponseKnowledgeBaseRequest,
    "campaign.predial": vapi.ServerMessageResponseCampaignPredial,
}


def unknown_keys(model: BaseModel, path: str = "") -> list[str]:
    """Keys that the SDK let pass without knowing them, at any depth."""
    found = [f"{path}{key}" for key in model.model_extra or {}]
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, list) else [value]:
            found += unknown_keys(item, f"{path}{name}.") if isinstance(item, BaseModel) else []
    return found


def check(kind: str, answer: Any) -> None:
    model = MODELS.get(kind)
    if model is None:
        assert answer == {}
    else:
        assert unknown_keys(model.model_validate(answer)) == []


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.stem)
def test_every_message_is_answered_as_vapi_expects(payload: Path, ada: Customer, support_line: Line) -> None:
    message = json.loads(payload.read_text())
    answer = post(message)
    assert answer.status == 200
    check(message["message"]["type"], answer.json)


def test_the_oracle_notices_what_vapi_does_not_know() -> None:
    model = vapi.ServerMessageResponseAssistantRequest.model_validate({"assistantOverrides": {"variables": {}}})
    assert unknown_keys(model) == ["assistant_overrides.variables"]


def test_a_saved_assistant_is_a_valid_answer(ada: Customer, vip_desk: AssistantVariant) -> None:
    rule("Everybody", vip_desk)
    answer = call_from("+13035550101").json
    check("assistant-request", answer)
    assert answer.keys() == {"assistantId", "assistantOverrides"}


def test_the_site_fallback_of_a_new_installation_is_a_valid_answer(db: None) -> None:
    answer = call_from("+13035550199").json
    check("assistant-request", answer)
    assert answer.keys() == {"assistant", "assistantOverrides"}


def test_a_refusal_is_a_valid_answer(ada: Customer, db: None) -> None:
    refusal = AssistantVariant.objects.create(name="No", kind="refusal")
    refusal.refusal_texts.create(language="en", text="Not today.")
    rule("Everybody", refusal)
    answer = call_from("+13035550101").json
    check("assistant-request", answer)
    assert answer == {"error": "Not today."}


@pytest.mark.parametrize("to", ["+13035550150", "sip:billing@example.com"])
def test_a_transfer_destination_is_a_valid_answer(to: str, ada: Customer) -> None:
    rule("Everybody", AssistantVariant.objects.create(name="Billing", kind="transfer", transfer_to=to))
    answer = post(json.loads((PAYLOADS[0].parent / "transfer-destination-request.json").read_text())).json
    check("transfer-destination-request", answer)
    assert to in answer["destination"].values()

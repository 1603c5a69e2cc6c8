"""Staff read where reports of a variant's calls go, before they miss them."""

import json
from typing import Any

import pytest
from django.test import Client

from assistants.admin.facts_in_words import facts_in_words
from assistants.document import draft_document
from assistants.models import AssistantVariant
from assistants.reports_reach_us import other_servers, report_warnings
from assistants.saved_at_vapi import warnings
from tests.admin_forms import save, sentences, signed_in
from tests.assistants.test_sync_assistants import sync
from tests.vapi_fake import FakeVapi

THEIRS = {"server": {"url": "https://shop.example.com/vapi"}}
OURS = {"server": {"url": "https://voice.example.com/api/assistant-selector"}}
ELSEWHERE = (
    "Vapi reports these calls to {} and not here. Tick “reports to this server” if no tool calls are answered there"
)


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.PUBLIC_URL = "https://voice.example.com"


def said(**variant: Any) -> list[str]:
    return list(report_warnings({"kind": "whole-assistant", **variant}))


@pytest.mark.parametrize(
    "variant",
    [{"document": {}}, {"document": OURS}, {"document": THEIRS, "overrides": OURS}, {"reports_here": True}, {}],
)
def test_reports_that_come_here_are_not_mentioned(variant: dict[str, Any]) -> None:
    assert said(**variant) == []


@pytest.mark.parametrize(
    "variant",
    [
        {"document": THEIRS},
        {"document": {"serverUrl": "https://shop.example.com/vapi"}},
        {"document": OURS, "overrides": THEIRS},
        {"document": {"members": [{"assistant": OURS}, {"assistant": THEIRS}]}},
        {"document": {"members": [{"assistantId": "asst_1", "assistantOverrides": THEIRS}]}},
    ],
)
def test_reports_that_go_elsewhere_are(variant: dict[str, Any]) -> None:
    (sentence,) = said(**variant)
    assert sentence.startswith(ELSEWHERE.format("shop.example.com"))
    assert said(**variant, reports_here=True) == [
        "Messages for shop.example.com will come here: tool calls that are answered there will fail."
    ]


def test_a_switch_that_can_do_nothing_says_so(settings: Any) -> None:
    settings.PUBLIC_URL = ""
    (sentence,) = said(reports_here=True)
    assert "PUBLIC_URL is not set" in sentence


def test_reports_that_are_not_asked_for_do_not_come() -> None:
    (sentence,) = said(document={"serverMessages": ["status-update", "tool-calls"]})
    assert "add “end-of-call-report” to serverMessages" in sentence
    assert said(overrides={"serverMessages": ["end-of-call-report"]}, document={"serverMessages": []}) == []


def test_a_member_that_overrides_its_server_counts_by_that() -> None:
    member = {"assistant": THEIRS, "assistantOverrides": OURS}
    assert other_servers({"members": [member, {"assistantId": "asst_1"}, None]}) == []


@pytest.mark.parametrize("url", ["https://[shop.example.com", "shop"])
def test_what_is_no_address_is_not_ours_either(url: str) -> None:
    assert other_servers({"server": {"url": url}}) == [url]


@pytest.mark.django_db
def test_what_is_saved_at_vapi_is_looked_at_as_well(vapi: FakeVapi) -> None:
    vapi.add("assistant", id="asst_1", name="Night desk", **THEIRS)
    vapi.add("squad", id="sq_1", name="Team", members=[{"assistantId": "asst_1"}])
    vapi.add("assistant", id="asst_2", name="Day desk", **OURS)
    for name, kind, vapi_id in (
        ("Night", "assistant", "asst_1"),
        ("Day", "assistant", "asst_2"),
        ("Team", "squad", "sq_1"),
    ):
        AssistantVariant.objects.create(name=name, kind=f"saved-{kind}", vapi_id=vapi_id)
    found = sync()
    assert f"Variant “Night”: {ELSEWHERE.format('the server that “Night desk” has at Vapi')}" in found
    assert f"Variant “Team”: {ELSEWHERE.format('the server that “Team” has at Vapi')}" in found
    assert "Variant “Day”" not in found
    assert "will fail" in next(warnings({"kind": "saved-assistant", "vapi_id": "asst_1", "reports_here": True}))


@pytest.mark.django_db
def test_the_form_switches_it_and_warns(client: Client, vip_desk: AssistantVariant) -> None:
    url = f"/admin/assistants/assistantvariant/{vip_desk.pk}/change/"
    page = save(signed_in(client), url, {"reports_here": "on", "overrides": json.dumps(THEIRS)})
    assert "Messages for shop.example.com will come here" in sentences(page)
    vip_desk.refresh_from_db()
    assert vip_desk.reports_here
    assert facts_in_words("variants", draft_document()["variants"]["VIP desk"])["reports to this server"] == "yes"

"""Every number at Vapi is looked at, each finding says what to do, and the exit status tells scripts."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assistants.document import draft_document
from assistants.models import AssistantVariant, Line
from assistants.publishing import publish
from customers.models import Duty
from tests.vapi_fake import FakeVapi

HERE = "https://voice.example.com/api/assistant-selector"
SERVER = {"url": HERE, "headers": {"X-Vapi-Secret": "new-secret"}}
DESK = {"type": "number", "number": "+12025550177"}
RIGHT: dict[str, Any] = {
    "provider": "twilio",
    "number": "+13035550190",
    "name": "Support",
    "server": SERVER,
    "fallbackDestination": DESK,
}

pytestmark = pytest.mark.django_db


def check() -> tuple[int, str]:
    """The command's exit status, and what it says."""
    said = io.StringIO()
    try:
        call_command("check_vapi", stdout=said, stderr=said)
    except SystemExit as error:
        return int(error.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_all_is_well(vapi: FakeVapi, support_line: Line) -> None:
    vapi.add("phone-number", **RIGHT)
    Duty.objects.create(name="housekeeping", done_at=timezone.now())
    Duty.objects.create(name="missed calls", done_at=timezone.now() - timedelta(minutes=20), outcome="3 calls seen.")
    sentences = (
        "+13035550190 (Support): as it should be\n"
        "Missed calls, 20 min ago: 3 calls seen.\n"
        "1 number at Vapi: nothing is wrong.\n"
    )
    assert check() == (0, sentences)
    assert vapi.changes() == []


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"assistantId": "asst_1"}, "assistant “asst_1” answers by itself"),
        ({"server": None}, "it has no server of its own"),
        ({"server": SERVER | {"url": "https://other.example.com"}}, "Vapi asks https://other.example.com, and not"),
        ({"server": SERVER | {"url": f"{HERE}/x"}}, f"and not {HERE}: connect_phone_number"),
        ({"server": {"url": HERE}}, "it sends no secret, so every call is refused (401)"),
        ({"server": {"url": HERE, "headers": {"X-Vapi-Secret": "stale"}}}, "that is not in VAPI_WEBHOOK_SECRETS"),
        ({"server": SERVER | {"timeoutSeconds": 1}}, "gives up on reports after 1 s"),
        ({"fallbackDestination": None}, "no fallback destination: callers hear an error"),
        ({"status": "blocked"}, "Vapi has blocked this number"),
    ],
)
def test_what_is_wrong_with_a_line(vapi: FakeVapi, support_line: Line, facts: dict[str, Any], sentence: str) -> None:
    vapi.add("phone-number", **RIGHT | facts)
    status, said = check()
    assert status == 1
    assert said.count("wrong:") == 1
    assert sentence in said
    assert "stale" not in said
    assert said.endswith("1 number at Vapi: 1 to be mended.\n")


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ({"url": HERE, "headers": {"x-vapi-secret": "old-secret"}}, "secret 2 of VAPI_WEBHOOK_SECRETS"),
        ({"url": HERE, "headers": {"Authorization": "Bearer old-secret"}}, "secret 2 of VAPI_WEBHOOK_SECRETS"),
        ({"url": HERE, "credentialId": "cred_1"}, "credential “cred_1”, which cannot be read"),
        ({"url": HERE, "headers": {"X-Vapi-Secret": "****"}}, "a hidden secret, which cannot be read"),
    ],
)
def test_what_is_only_to_be_known(vapi: FakeVapi, support_line: Line, server: dict[str, Any], sentence: str) -> None:
    vapi.add("phone-number", **RIGHT | {"server": server})
    status, said = check()
    assert status == 0
    assert said.count("  note:") == 1
    assert sentence in said


def test_the_older_form_of_a_server(vapi: FakeVapi, support_line: Line) -> None:
    older = {"server": None, "serverUrl": HERE, "serverUrlSecret": "new-secret"}
    vapi.add("phone-number", **RIGHT | older)
    assert check()[0] == 0


WATCHED = {"listenAuthenticationEnabled": True, "controlAuthenticationEnabled": True}


@pytest.mark.parametrize(
    ("plan", "overrides", "sentence"),
    [
        (None, {}, "can listen in on and steer it: set listenAuthenticationEnabled and controlAuthenticationEnabled"),
        ({"listenEnabled": False}, {}, "can steer it: set controlAuthenticationEnabled"),
        (WATCHED, {"monitorPlan": {"controlEnabled": False}}, "can listen in on it: set listenAuthenticationEnabled"),
    ],
)
def test_assistants_whose_calls_strangers_could_hear(
    vapi: FakeVapi, vip_desk: AssistantVariant, plan: Any, overrides: dict[str, Any], sentence: str
) -> None:
    vapi.add("assistant", id="asst_vip", monitorPlan=plan)
    AssistantVariant.objects.update(overrides=overrides)
    publish(draft_document(), note="")
    status, said = check()
    assert status == 0
    assert f"note: Variant “VIP desk”: whoever learns a live call's address {sentence}" in said


def test_a_squad_is_as_open_as_any_of_its_assistants(vapi: FakeVapi) -> None:
    closed = {"monitorPlan": WATCHED}
    vapi.add("assistant", id="asst_1", **closed)
    vapi.add("squad", id="sq_1", members=[{"assistantId": "asst_1"}, {"assistant": closed}])
    vapi.add("squad", id="sq_2", members=[{"assistantId": "asst_1"}, {"assistant": {}}])
    for name, vapi_id in (("Closed", "sq_1"), ("Open", "sq_2")):
        AssistantVariant.objects.create(name=name, kind="saved-squad", vapi_id=vapi_id)
    publish(draft_document(), note="")
    said = check()[1]
    assert "“Closed”" not in said
    assert "Variant “Open”: whoever" in said


def test_numbers_of_others_are_noted_and_not_wrong(vapi: FakeVapi) -> None:
    vapi.add("phone-number", provider="vapi", sipUri="sip:shop@sip.vapi.ai", assistantId="asst_shop")
    vapi.add("phone-number", provider="vapi", number="+13035550191", server={"url": "https://staging.example.com/"})
    status, said = check()
    assert status == 0
    assert said.count("  note:") == 2


def test_a_number_that_asks_us_and_is_no_line(vapi: FakeVapi) -> None:
    vapi.add("phone-number", **RIGHT)
    assert "note: no line here is this number" in check()[1]


@pytest.mark.parametrize("identity", [{"number": "+13035550199"}, {"vapi_id": "pn-gone"}])
def test_a_line_that_vapi_does_not_have(vapi: FakeVapi, identity: dict[str, str]) -> None:
    Line.objects.create(name="Closed", **identity)
    vapi.add("phone-number", provider="byo-phone-number", number="4711", assistantId="asst_1")
    status, said = check()
    assert status == 1
    assert "Line “Closed”:\n  wrong: Vapi has no such number" in said


def test_an_address_that_is_not_secure(vapi: FakeVapi, support_line: Line, settings: Any) -> None:
    settings.PUBLIC_URL = "http://voice.example.com"
    vapi.add("phone-number", **RIGHT | {"server": SERVER | {"url": HERE.replace("https", "http")}})
    assert "the address is not https://" in check()[1]


@pytest.mark.parametrize(("setting", "value"), [("PUBLIC_URL", ""), ("VAPI_API_KEY", "")])
def test_settings_that_are_missing(vapi: FakeVapi, settings: Any, setting: str, value: str) -> None:
    setattr(settings, setting, value)
    with pytest.raises(CommandError, match=f"{setting} is not set"):
        check()

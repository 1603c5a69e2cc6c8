"""A number at Vapi is pointed at this server: what is sent, what is asked first, and the line that comes of it."""

import io
import os
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assistants.models import AssistantVariant, Line, SiteSettings
from assistants.publishing import publish_first, published_document, unpublished_changes
from tests.conftest import call_from
from tests.vapi_fake import Answer, FakeVapi

HERE = "https://voice.example.com/api/assistant-selector"
DESK = ("--fallback-destination", "(202) 555-0177")
FREE = {"provider": "twilio", "number": "+13035550190", "name": "Support"}

pytestmark = pytest.mark.django_db


def connect(*arguments: str) -> str:
    """What the command says."""
    said = io.StringIO()
    call_command("connect_phone_number", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def test_a_free_number_asks_this_server_from_now_on(vapi: FakeVapi) -> None:
    number = vapi.add("phone-number", **FREE)
    assert f"+13035550190 (Support) is connected: Vapi asks {HERE} who answers." in connect("303 555 0190", *DESK)
    assert [each.body for each in vapi.changes()] == [
        {
            "provider": "twilio",
            "assistantId": None,
            "squadId": None,
            "workflowId": None,
            "server": {"url": HERE, "headers": {"X-Vapi-Secret": "new-secret"}},
            "fallbackDestination": {"type": "number", "number": "+12025550177"},
        }
    ]
    assert number["server"]["url"] == HERE


@pytest.mark.parametrize("provider", ["byo-phone-number", "twilio", "vonage", "vapi", "telnyx"])
def test_numbers_of_every_provider(vapi: FakeVapi, provider: str) -> None:
    number = vapi.add("phone-number", provider=provider, sipUri="sip:desk@sip.vapi.ai")
    connect(number["id"], "--fallback-destination", "sip:humans@Example.com")
    assert number["fallbackDestination"] == {"type": "sip", "sipUri": "sip:humans@example.com"}
    assert Line.objects.get().sip_uri == "sip:desk@sip.vapi.ai"


def test_a_sip_address_in_another_spelling(vapi: FakeVapi) -> None:
    vapi.add("phone-number", provider="vapi", sipUri="sip:desk@sip.vapi.ai")
    assert "is connected" in connect("SIP:desk@SIP.vapi.ai;transport=udp", *DESK)


def test_a_dry_run_shows_the_request_without_the_secret(vapi: FakeVapi) -> None:
    vapi.add("phone-number", **FREE, assistantId="asst_1")
    said = connect("+13035550190", *DESK, "--dry-run")
    assert f"PATCH {vapi.url}/phone-number/phone-number-0" in said
    assert '"X-Vapi-Secret": "(hidden)"' in said
    assert "new-secret" not in said
    assert "assistant “asst_1” answers it now" in said
    assert vapi.changes() == []
    assert not Line.objects.exists()


@pytest.mark.parametrize(
    ("taken_from", "who"),
    [
        ({"assistantId": "asst_1"}, "assistant “asst_1” answers it now"),
        ({"squadId": "sq_1"}, "squad “sq_1” answers it now"),
        ({"workflowId": "wf_1"}, "workflow “wf_1” answers it now"),
        ({"server": {"url": "https://other.example.com/"}}, "Vapi asks https://other.example.com/ now"),
        ({"serverUrl": "https://older.example.com/"}, "Vapi asks https://older.example.com/ now"),
    ],
)
def test_a_number_is_taken_from_nobody_unasked(vapi: FakeVapi, taken_from: dict[str, Any], who: str) -> None:
    number = vapi.add("phone-number", **FREE, **taken_from)
    with pytest.raises(CommandError, match=f"Nothing was changed.*{who}.*--yes"):
        connect("+13035550190", *DESK)
    assert vapi.changes() == []
    connect("+13035550190", *DESK, "--yes")
    assert number["assistantId"] is None
    assert number["server"]["url"] == HERE


@pytest.mark.parametrize(("typed", "changes"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_on_a_terminal_it_asks(vapi: FakeVapi, monkeypatch: pytest.MonkeyPatch, typed: str, changes: int) -> None:
    vapi.add("phone-number", **FREE, assistantId="asst_1")
    keyboard, terminal = os.openpty()
    with os.fdopen(terminal) as stdin, os.fdopen(keyboard, "w") as keys:
        monkeypatch.setattr(sys, "stdin", stdin)
        keys.write(typed)
        keys.flush()
        try:
            connect("+13035550190", *DESK)
        except CommandError as error:
            assert str(error) == "Nothing was changed."  # noqa: PT017
    assert len(vapi.changes()) == changes


def test_connecting_again_keeps_what_else_was_set(vapi: FakeVapi) -> None:
    server = {"url": HERE, "timeoutSeconds": 30, "headers": {"X-Site": "east", "x-vapi-secret": "old-secret"}}
    number = vapi.add("phone-number", **FREE, server=server)
    connect("+13035550190", *DESK)
    headers = {"X-Site": "east", "X-Vapi-Secret": "new-secret"}
    assert number["server"] == {"url": HERE, "timeoutSeconds": 30, "headers": headers}


def test_a_credential_in_the_place_of_a_secret_stays(vapi: FakeVapi, settings: Any) -> None:
    settings.VAPI_WEBHOOK_SECRETS = []
    number = vapi.add("phone-number", **FREE)
    with pytest.raises(CommandError, match=r"VAPI_WEBHOOK_SECRETS is not set.*--credential-id"):
        connect("+13035550190", *DESK)
    connect("+13035550190", *DESK, "--credential-id", "cred_1")
    connect("+13035550190", *DESK)
    assert number["server"] == {"url": HERE, "credentialId": "cred_1"}


def test_no_fallback_destination_only_on_purpose(vapi: FakeVapi) -> None:
    number = vapi.add("phone-number", **FREE, fallbackDestination={"type": "number", "number": "+12025550177"})
    with pytest.raises(CommandError, match="fallback-destination"):
        connect("+13035550190")
    assert "wrong: no fallback destination" in connect("+13035550190", "--no-fallback-destination")
    assert number["fallbackDestination"] is None


@pytest.mark.parametrize(
    ("number", "fallback", "sentence"),
    [
        ("+13035550199", "+12025550177", r"no number “\+13035550199”: there are \+13035550190 \(Support\)"),
        ("+13035550190", "humans", "“humans” is not a phone number"),
        ("+13035550190", "+13035550190", "circles"),
    ],
)
def test_mistakes_change_nothing(vapi: FakeVapi, number: str, fallback: str, sentence: str) -> None:
    vapi.add("phone-number", **FREE)
    with pytest.raises(CommandError, match=sentence):
        connect(number, "--fallback-destination", fallback)
    assert vapi.changes() == []


def test_without_a_public_address_vapi_could_not_reach_us(vapi: FakeVapi, settings: Any) -> None:
    settings.PUBLIC_URL = ""
    with pytest.raises(CommandError, match="PUBLIC_URL is not set"):
        connect("+13035550190", *DESK)
    assert vapi.sent == []


def test_vapis_refusal_leaves_no_line(vapi: FakeVapi) -> None:
    vapi.next_answers = [Answer(200, [vapi.add("phone-number", **FREE)]), Answer(400, {"message": ["no such plan"]})]
    with pytest.raises(CommandError, match=r"\(400\): no such plan"):
        connect("+13035550190", *DESK)
    assert not Line.objects.exists()


def test_the_new_line_is_published_where_nothing_else_waits(vapi: FakeVapi, published: None) -> None:
    vapi.add("phone-number", **FREE)
    assert "The line “Support” was added and published as version 2." in connect("+13035550190", *DESK)
    line = {"number": "+13035550190", "vapi_id": "phone-number-0", "region": "US", "timezone": "UTC"}
    assert published_document()["lines"] == {"Support": line}


def test_what_others_have_not_published_stays_unpublished(
    vapi: FakeVapi, published: None, vip_desk: AssistantVariant
) -> None:
    vapi.add("phone-number", **FREE)
    assert "The line “Support” was added to the draft" in connect("+13035550190", *DESK)
    assert "lines" not in published_document()


def test_a_second_person_is_not_passed_over(vapi: FakeVapi, published: None) -> None:
    SiteSettings.objects.update(needs_approval=True)
    vapi.add("phone-number", **FREE)
    assert "added to the draft" in connect("+13035550190", *DESK)
    assert [str(change.name) for change in unpublished_changes()] == ["Support"]


def test_a_line_that_is_here_already_stays_as_it_is(vapi: FakeVapi, support_line: Line) -> None:
    Line.objects.update(vapi_id=vapi.add("phone-number", **FREE)["id"])
    assert "The line “Support” was here already." in connect("+13035550190", *DESK)
    assert Line.objects.get() == support_line


def test_a_line_without_its_id_at_vapi_is_given_it(vapi: FakeVapi, support_line: Line) -> None:
    publish_first()
    vapi.add("phone-number", **FREE)
    assert "The line “Support” was given its id at Vapi and published as version 2." in connect("+13035550190", *DESK)
    assert published_document()["lines"]["Support"]["vapi_id"] == "phone-number-0"
    assert Line.objects.get() == support_line


def test_two_numbers_of_one_name_are_two_lines(vapi: FakeVapi) -> None:
    vapi.add("phone-number", **FREE)
    vapi.add("phone-number", **FREE | {"number": "+13035550191"})
    vapi.add("phone-number", provider="byo-phone-number", number="4711")
    for number in ("+13035550190", "+13035550191", "4711"):
        connect(number, *DESK)
    assert sorted(line.name for line in Line.objects.all()) == ["4711", "Support", "Support (phone-number-1)"]


def test_the_next_call_of_the_new_line_is_answered(vapi: FakeVapi, front_desk: AssistantVariant) -> None:
    SiteSettings.objects.update(fallback=front_desk)
    vapi.add("phone-number", **FREE)
    connect("+13035550190", *DESK)
    assert call_from("+13035550101", line="+13035550190").reason == "site-fallback"


def test_nothing_of_another_server_is_sent_to_ours(vapi: FakeVapi) -> None:
    other = {"url": "https://other.example.com/", "credentialId": "cred_9", "headers": {"X-Theirs": "secret"}}
    number = vapi.add("phone-number", **FREE, server=other)
    connect("+13035550190", *DESK, "--yes")
    assert number["server"] == {"url": HERE, "headers": {"X-Vapi-Secret": "new-secret"}}

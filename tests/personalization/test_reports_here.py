"""Reports come here where a variant says so: unsigned, with a word that is good for that one call and nothing else."""

from typing import Any

import pytest
from django.utils import timezone

from assistants.later_messages import new_word
from assistants.models import AssistantVariant, Line
from customers.models import Call
from personalization.other_messages import ANSWERS
from tests.conftest import SECRET, call_from, post
from tests.personalization.test_contract import check
from tests.personalization.test_reports import CALL_ID, payload, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporting(settings: Any, front_desk: AssistantVariant, support_line: Line) -> AssistantVariant:
    """The line's fallback, with the switch on."""
    settings.PUBLIC_URL = "https://voice.example.com"
    front_desk.reports_here = True
    front_desk.save()
    return front_desk


def with_word(body: dict[str, Any], call_id: str = CALL_ID) -> int:
    return post(body, {"Authorization": f"Bearer {new_word(call_id, at=timezone.now())}"}).status


def test_the_answer_names_this_server_and_what_to_show_it(reporting: AssistantVariant) -> None:
    answer = post(payload("assistant-request")).json
    server = answer["assistantOverrides"]["server"]
    assert server["url"] == "https://voice.example.com/api/assistant-selector"
    check("assistant-request", answer)
    assert post(payload("end-of-call-report"), server["headers"]).status == 200
    assert stored().summary == "Ada asked where her order is."


def test_a_squad_s_answer_too(reporting: AssistantVariant) -> None:
    reporting.kind, reporting.vapi_id = "saved-squad", "sq_1"
    reporting.save()
    assert "Bearer" in call_from("+13035550101").json["squadOverrides"]["server"]["headers"]["Authorization"]


def test_by_default_messages_go_where_they_went(settings: Any, support_line: Line) -> None:
    settings.PUBLIC_URL = "https://voice.example.com"
    assert "server" not in call_from("+13035550101").json["assistantOverrides"]


@pytest.mark.parametrize("kind", ["status-update", "status-update-ended", "conversation-update", "hang"])
def test_what_vapi_tells_of_the_call_is_taken(kind: str) -> None:
    body = payload(kind)
    body["message"].setdefault("call", {})["id"] = CALL_ID
    assert with_word(body) == 200


@pytest.mark.parametrize("kind", ["assistant-request", *ANSWERS])
def test_what_wants_an_answer_is_not(kind: str, support_line: Line) -> None:
    body = {"message": {"type": kind, "call": {"id": CALL_ID}}}
    assert with_word(body) == 401
    assert post(body, SECRET).status == 200


@pytest.mark.parametrize("call", [{"id": "another"}, {}, None])
def test_nor_what_is_about_another_call(call: Any) -> None:
    body = payload("end-of-call-report")
    body["message"]["call"] = call
    assert with_word(body) == 401
    assert Call.objects.count() == 0


@pytest.mark.parametrize("body", [[], {"message": []}, {"message": {"call": {"id": CALL_ID}}}])
def test_nor_anything_else(body: Any) -> None:
    assert with_word(body) == 401


def test_a_secret_beside_it_opens_the_whole_door(support_line: Line) -> None:
    shown = {"Authorization": f"Bearer {new_word('another', at=timezone.now())}", **SECRET}
    assert post(payload("assistant-request"), shown).status == 200

"""A call's recording comes through this server, and who listened is recorded."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from customers.models import Call
from tests.admin_forms import signed_in
from tests.vapi_fake import Answer, FakeVapi

pytestmark = pytest.mark.django_db
SOUND = bytes(range(256)) * 10


@pytest.fixture
def page(vapi: FakeVapi) -> str:
    vapi.recordings["call-1"] = SOUND
    vapi.add("call", id="call-1")
    call = Call.objects.create(vapi_id="call-1", has_recording=True)
    return f"/admin/customers/call/{call.pk}/recording/"


def test_the_sound_and_who_listened(client: Client, page: str) -> None:
    answer = signed_in(client).get(page)
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == SOUND  # type: ignore[attr-defined]
    assert [(str(each.user), each.change_message) for each in LogEntry.objects.all()] == [
        ("sam", "Listened to the recording.")
    ]
    assert f'src="{page}"' in client.get(page.replace("recording", "change")).content.decode()


def test_parts_of_it_are_recorded_once_whichever_comes_first(client: Client, page: str) -> None:
    answer = signed_in(client).get(page, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer["Content-Range"]) == (206, "bytes 10-19/2560")
    assert b"".join(answer.streaming_content) == SOUND[10:20]  # type: ignore[attr-defined]
    assert b"".join(client.get(page).streaming_content) == SOUND  # type: ignore[attr-defined]
    assert LogEntry.objects.count() == 1
    LogEntry.objects.update(action_time=timezone.now() - timedelta(hours=2))
    assert b"".join(client.get(page).streaming_content) == SOUND  # type: ignore[attr-defined]
    assert LogEntry.objects.count() == 2


def test_a_range_that_is_none_is_passed_over(client: Client, page: str) -> None:
    answer = signed_in(client).get(page, headers={"Range": "bytes=é"})
    assert b"".join(answer.streaming_content) == SOUND  # type: ignore[attr-defined]


def test_why_there_is_none_is_said(client: Client, page: str, vapi: FakeVapi) -> None:
    vapi.next_answers = [Answer(404, {})]
    answer = signed_in(client).get(page)
    assert (answer.status_code, "no recording of call call-1" in answer.content.decode()) == (502, True)
    assert not LogEntry.objects.exists()


def test_of_who_was_erased_nothing_is_heard(client: Client, page: str) -> None:
    Call.objects.update(erased_at=timezone.now())
    assert signed_in(client).get(page).status_code == 404


def test_only_who_may_see_calls_listens(client: Client, page: str) -> None:
    client.force_login(User.objects.create_user("kim", is_staff=True))
    assert client.get(page).status_code == 403

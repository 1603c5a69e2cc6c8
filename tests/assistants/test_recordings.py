"""A recording comes from wherever Vapi's API refers us to, and our key does not go there."""

from contextlib import closing

import pytest

from assistants.recordings import open_recording
from assistants.vapi import VapiError
from tests.vapi_fake import Answer, FakeVapi

SOUND = bytes(range(256)) * 1000


@pytest.fixture
def call_id(vapi: FakeVapi) -> str:
    vapi.recordings["call/1"] = SOUND
    return str(vapi.add("call", id="call/1")["id"])


def test_the_whole_recording(call_id: str) -> None:
    with closing(open_recording(call_id)) as recording:
        assert (recording.status, recording.content_type, recording.length) == (200, "audio/wav", "256000")
        assert b"".join(recording) == SOUND


def test_a_part_of_it(call_id: str) -> None:
    with closing(open_recording(call_id, byte_range="bytes=10-19")) as recording:
        assert (recording.status, recording.content_range) == (206, "bytes 10-19/256000")
        assert b"".join(recording) == SOUND[10:20]


def test_it_is_asked_for_again_after_trouble(vapi: FakeVapi, call_id: str) -> None:
    vapi.next_answers = [Answer(503, {})]
    with closing(open_recording(call_id)) as recording:
        assert b"".join(recording) == SOUND


def test_a_page_is_not_shown_as_a_sound(vapi: FakeVapi, call_id: str) -> None:
    vapi.next_answers = [Answer(200, "<script>", {"Content-Type": "text/html"})]
    with closing(open_recording(call_id)) as recording:
        assert recording.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("answers", "status", "sentence"),
    [
        ([Answer(404, {})], 404, "no recording of call call/1"),
        ([Answer(401, {})], 401, "the key in VAPI_API_KEY"),
        ([Answer(429, {}, {"Retry-After": "30"})], 429, "after 0 s of waiting it wants 30 s more"),
        (
            [Answer(302, "", {"Location": "/store/x"}), Answer(403, "<Error/>")],
            403,
            "store does not give the recording",
        ),
    ],
)
def test_there_is_none(vapi: FakeVapi, call_id: str, answers: list[Answer], status: int, sentence: str) -> None:
    vapi.next_answers = answers
    with pytest.raises(VapiError, match=sentence) as refused:
        open_recording(call_id)
    assert refused.value.status == status

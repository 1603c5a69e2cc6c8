"""Each row of the webhook's status table."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assistants.models import Line
from customers.models import Customer
from personalization.other_messages import ANSWERS
from tests.conftest import SECRET, call_from, post, request


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_only_post_is_taken(method: str) -> None:
    assert request(method, headers=SECRET).status == 405


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_taken(content_type: str) -> None:
    answer = request(body=b"{}", content_type=content_type, headers=SECRET)
    assert (answer.status, answer.json) == (415, {"detail": "Send Content-Type: application/json."})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "message.type"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"message": {"type": NaN}}', "not JSON"),
        (b'{"message": {"type": "x", "cost": 1e400}}', "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "message.type"),
        (b'{"message": null}', "message.type"),
        (b'{"message": []}', "message.type"),
        (b'{"message": {"type": ""}}', "message.type"),
        (b'{"message": {"type": ["assistant-request"]}}', "message.type"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"message":' * 200_000 + b"1" + b"}" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(body: bytes, words: str) -> None:
    answer = request(body=body, headers=SECRET)
    assert answer.status == 400
    assert words in answer.json["detail"]


def test_a_body_over_the_limit_is_refused() -> None:
    body = b" " * (32 * 1024 * 1024 + 1)
    answer = request(body=body, headers=SECRET)
    assert (answer.status, answer.json) == (413, {"detail": "The body is larger than 32 MiB."})
    assert request(body=body, headers={}).status == 401


def test_a_long_report_is_taken() -> None:
    report = {"message": {"type": "end-of-call-report", "artifact": {"transcript": "word " * 5_000_000}}}
    assert post(report).status == 200


def test_a_byte_order_mark_and_broken_characters_are_taken() -> None:
    body = b'\xef\xbb\xbf{"message": {"type": "status-update", "note": "\\ud83d"}}'
    assert request(body=body, headers=SECRET).status == 200


@pytest.mark.parametrize("path", ["/api/assistant-selector", "/api/assistant-selector/"])
def test_the_slash_at_the_end_makes_no_difference(path: str) -> None:
    body = json.dumps({"message": {"type": "hang"}}).encode()
    assert request(path=path, body=body, headers=SECRET).body == b"{}"


def test_a_type_nobody_has_heard_of_is_acknowledged() -> None:
    answer = post({"message": {"type": "assistant.dreamt", "anything": [None]}})
    assert (answer.status, answer.json) == (200, {})


def test_when_our_own_code_fails_the_caller_hears_the_line_s_fallback(
    ada: Customer, support_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("personalization.views.route_call", lambda **_: 1 / 0)
    answer = call_from("+13035550101")
    assert (answer.status, answer.json["assistantOverrides"]["variableValues"]["customerName"]) == (200, "friend")
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("error", "fallback")


def test_when_even_that_fails_the_caller_hears_an_apology(
    ada: Customer, support_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("personalization.views.assistant_reply", lambda *_, **__: 1 / 0)
    answer = call_from("+13035550101")
    assert (answer.status, answer.json) == (200, {"error": "Unable to find customer record. Please try again later."})
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("error", "spoken")


def test_when_nothing_can_be_read_of_a_call_the_caller_hears_an_apology(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personalization.views.read_assistant_request", lambda _: 1 / 0)
    answer = call_from("+13035550101")
    assert (answer.status, answer.json) == (200, {"error": "Unable to find customer record. Please try again later."})
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("error", "spoken")


def test_when_another_answer_fails_vapi_is_told_so_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(ANSWERS, "tool-calls", lambda _: 1 / 0)
    answer = post({"message": {"type": "tool-calls"}})
    assert (answer.status, answer.json) == (500, {"detail": "This server has made a mistake, and its log says which."})
    assert "a message of the type tool-calls found no answer" in caplog.text


def test_when_the_database_is_gone_the_caller_hears_an_apology() -> None:
    # pytest-django refuses every query of a test that did not ask for the database: as good as a dead one.
    answer = call_from("+13035550101")
    assert (answer.status, answer.reason) == (200, "error")


def test_nothing_is_written_before_the_answer(ada: Customer, support_line: Line) -> None:
    with CaptureQueriesContext(connection) as queries:
        call_from("+13035550101")
    assert not [query for query in queries if not query["sql"].strip().startswith("SELECT")]

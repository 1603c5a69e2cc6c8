"""Messages that want an answer get one in the shape that Vapi expects; all others are acknowledged."""

from typing import Any

import pytest

from tests.conftest import post

NO_TOOLS = "This server has no tools."


@pytest.mark.parametrize(
    "call",
    [
        {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "A1"}'}},
        {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": {"order": "A1"}}},
        {"id": "call_1", "name": "look_up", "parameters": {"order": "A1"}},
    ],
)
def test_each_tool_call_gets_a_result(call: dict[str, Any]) -> None:
    answer = post({"message": {"type": "tool-calls", "toolCallList": [call]}})
    assert answer.json == {"results": [{"name": "look_up", "toolCallId": "call_1", "error": NO_TOOLS}]}


@pytest.mark.parametrize("calls", [None, "x", {}, [None, 3], [[]]])
def test_tool_calls_of_no_known_shape_get_no_result(calls: Any) -> None:
    assert post({"message": {"type": "tool-calls", "toolCallList": calls}}).json == {"results": []}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("handoff-destination-request", {"destination": {}, "error": "This server has no handoff destinations."}),
        ("knowledge-base-request", {"documents": []}),
        ("function-call", {"result": "This server has no functions."}),
    ],
)
def test_other_questions_are_answered(kind: str, answer: dict[str, Any]) -> None:
    assert post({"message": {"type": kind}}).json == answer


@pytest.mark.parametrize(
    "kind",
    [
        "end-of-call-report",
        "status-update",
        "conversation-update",
        "speech-update",
        'transcript[transcriptType="final"]',
        "hang",
        "assistant.started",
        "user-interrupted",
        "voice-input",
        "model-output",
        "language-change-detected",
    ],
)
def test_information_is_acknowledged(kind: str) -> None:
    answer = post({"message": {"type": kind, "call": {"id": "call-1"}}})
    assert (answer.status, answer.body) == (200, b"{}")

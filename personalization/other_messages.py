"""Answers to the other messages that want one, each in the shape that Vapi expects; for most there is nothing here."""

from collections.abc import Callable, Mapping
from typing import Any

from personalization.campaigns import may_be_called
from personalization.messages import Json
from personalization.transfer_requests import transfer_destination

_NOTHING_HERE = "This server has no {}."


def _tool_calls(message: Json) -> Mapping[str, Any]:
    """A result for each tool call, in any of the three shapes that the OpenAPI, traffic and samples have."""
    calls = message.get("toolCallList")
    return {
        "results": [_tool_result(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    }


def _tool_result(call: Json) -> Mapping[str, str]:
    function = call.get("function")
    name = function.get("name") if isinstance(function, dict) else call.get("name")
    return {"name": _text(name), "toolCallId": _text(call.get("id")), "error": _NOTHING_HERE.format("tools")}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


ANSWERS: Mapping[str, Callable[[Json], Mapping[str, Any]]] = {
    "tool-calls": _tool_calls,
    "function-call": lambda _: {"result": _NOTHING_HERE.format("functions")},
    "transfer-destination-request": transfer_destination,
    "handoff-destination-request": lambda _: {
        "destination": {},
        "error": _NOTHING_HERE.format("handoff destinations"),
    },
    "knowledge-base-request": lambda _: {"documents": []},
    "campaign.predial": may_be_called,
}

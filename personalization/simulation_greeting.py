"""What a caller hears first, read from the answer that Vapi gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistants.liquid import replace_names

Json = Mapping[str, Any]

# https://docs.vapi.ai/api-reference/assistants/create (firstMessageMode)
_MODES = {
    "assistant-waits-for-user": "The assistant says nothing until the caller has spoken.",
    "assistant-speaks-first-with-model-generated-message": "The model makes up its first sentence itself.",
}


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first words, empty where this server does not know them; `note` says what else there is to know."""

    text: str
    note: str = ""


def greeting(answer: Json) -> Greeting:
    """What the caller hears first when Vapi gets this answer to an assistant request."""
    if "error" in answer:
        return Greeting(answer["error"], "Then the call ends.")
    if "destination" in answer:
        destination = answer["destination"]
        return Greeting(
            destination.get("message", ""), f"The call is handed on to {_target(destination)}, and no assistant speaks."
        )
    overrides = answer.get("assistantOverrides") or answer.get("squadOverrides") or {}
    speaks = _first_assistant(answer) | overrides
    if note := _MODES.get(speaks.get("firstMessageMode", "")):
        return Greeting("", note)
    return _spoken(speaks.get("firstMessage"), overrides, is_saved="assistantId" in answer or "squadId" in answer)


def _target(destination: Json) -> str:
    extension = destination.get("extension")
    where = destination.get("number") or destination.get("sipUri") or "another destination"
    return f"{where}, extension {extension}" if extension else str(where)


def _first_assistant(answer: Json) -> dict[str, Any]:
    """The assistant that takes the call, as far as it stands in the answer: a squad's first member does."""
    if "assistant" in answer:
        return dict(answer["assistant"])
    members = answer.get("squad", {}).get("members") or [{}]
    return {**members[0].get("assistant", {}), **members[0].get("assistantOverrides", {})}


def _spoken(first_message: Any, overrides: Json, *, is_saved: bool) -> Greeting:
    if not isinstance(first_message, str) or not first_message:
        begins = "as what is saved at Vapi says" if is_saved else "as Vapi's own default says"
        return Greeting("", f"This answer holds no first message: the call begins {begins}.")
    values = {name: str(value) for name, value in overrides.get("variableValues", {}).items()}
    text = replace_names(first_message, values, lambda name: values[name])
    return Greeting(
        text, "What still stands between braces is for Vapi to fill in." if "{{" in text or "{%" in text else ""
    )

"""What must be said first in calls to customers (that a machine speaks, that it is recorded), put before all else."""

from collections.abc import Callable
from typing import Any

from assistants.outbound_permission import NotAllowed
from assistants.vapi import Object

SPEAKS_FIRST = "assistant-speaks-first"


def say_first(notice: str, reply: dict[str, Any], *, saved_assistant: Callable[[str], Object]) -> None:
    """Puts the notice before the first message of who speaks first; `reply` is in Vapi's words and is changed.

    `saved_assistant` asks Vapi for the assistant of an id, whose own first message is not known here. Raises
    NotAllowed for saved squads, whose first speaker cannot be given other words, and what `saved_assistant` raises.
    """
    if "squadId" in reply:
        sentence = "A notice must be said first, and no saved squad can be made to: use an assistant or a whole squad."
        raise NotAllowed("notice", sentence)
    if "squad" in reply and "firstMessage" not in reply["squadOverrides"]:
        speaker = reply["squad"]["members"][0]
        overrides = speaker.setdefault("assistantOverrides", {})
    else:
        speaker, overrides = reply, reply["squadOverrides" if "squad" in reply else "assistantOverrides"]
    own = speaker.get("assistant") or (saved_assistant(speaker["assistantId"]) if "assistantId" in speaker else {})
    mode = overrides.get("firstMessageMode") or own.get("firstMessageMode") or SPEAKS_FIRST
    first = overrides.get("firstMessage") or own.get("firstMessage") or ""
    overrides["firstMessage"] = f"{notice} {first}" if first and mode == SPEAKS_FIRST else notice
    overrides["firstMessageMode"] = SPEAKS_FIRST

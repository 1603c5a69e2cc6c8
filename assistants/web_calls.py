"""A decision as the arguments of Vapi's web SDK: `vapi.start(assistant, assistantOverrides, squad)`.

https://github.com/VapiAI/client-sdk-web (vapi.ts, `start`), https://docs.vapi.ai/sdk/web
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from assistants.replies import assistant_reply
from assistants.routing import RoutingDecision

# What stands in the metadata of other calls is ours in this one too, or would be taken for ours.
RESERVED = frozenset({"customerId", "customerName", "decisionId", "rule", "variant", "version"})
_OF_OURS = ("customerId", "customerName", "decisionId")
# Keys of Vapi's objects below which secrets stand; no browser gets to see them.
_SECRET = frozenset({"credentials", "headers", "secret", "apiKey", "authToken", "password"})


class NotInABrowser(Exception):
    """The decision is one that no browser can start; the sentence says why.

    `say` is what the customer may be told or shown in its place, empty where there is nothing; `destination` whom the
    customer would be transferred to on the phone (Vapi's form).
    """

    def __init__(self, sentence: str, *, say: str = "", destination: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.say = say
        self.destination = destination


@dataclass(frozen=True, slots=True)
class StartArguments:
    """What `vapi.start` takes: ids or whole objects; None for what is not used."""

    assistant: str | dict[str, Any] | None
    overrides: dict[str, Any] | None
    squad: str | dict[str, Any] | None


def start_arguments(decision: RoutingDecision, *, decision_id: str, metadata: Mapping[str, Any]) -> StartArguments:
    """The arguments for a decision; `metadata` are the site's own keys. Raises NotInABrowser."""
    reply: dict[str, Any] = orjson.loads(orjson.dumps(assistant_reply(decision, decision_id=decision_id)))
    if "error" in reply:
        raise NotInABrowser("A refusal answers this customer: there is nothing to start.", say=reply["error"])
    if "destination" in reply:
        raise NotInABrowser(
            "A transfer answers this customer, which only phones can do.", destination=reply["destination"]
        )
    overrides = reply["assistantOverrides" if "assistantOverrides" in reply else "squadOverrides"]
    ours = {name: overrides["metadata"][name] for name in _OF_OURS if name in overrides["metadata"]}
    overrides["metadata"] = {**metadata, **ours}
    if secrets := list(_secrets(reply)):
        raise NotInABrowser(f"The variant holds {secrets[0]}, which a browser would read: use one saved at Vapi.")
    squad = reply.get("squadId") or reply.get("squad")
    if isinstance(squad, dict):
        return StartArguments(None, None, _with_overrides(squad, overrides))
    return StartArguments(reply.get("assistantId") or reply.get("assistant"), overrides, squad)


def _with_overrides(squad: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The squad with these overrides inside, since `start` takes none for a squad; ours stand over its own."""
    own = squad.get("membersOverrides") or {}
    values = {**(own.get("variableValues") or {}), **overrides["variableValues"]}
    return {**squad, "membersOverrides": {**own, **overrides, "variableValues": values}}


def _secrets(value: Any, path: str = "") -> Iterator[str]:
    """Where in a JSON value something stands that nobody else should read, such as `assistant.server.headers`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            if key in _SECRET and inner:
                yield here
            elif here.rpartition(".")[2] not in {"variableValues", "metadata"}:
                yield from _secrets(inner, here)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _secrets(inner, f"{path}[{position}]")

"""Who would answer this caller, and why: the webhook's own steps, with no effect."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings

from assistants import live
from assistants.checking import problems
from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.replies import ExplainedVariable, assistant_reply, explain_variables
from assistants.routing import RoutingDecision, TraceEntry, route_call
from assistants.ruleset import Ruleset
from personalization.messages import read_assistant_request

DECISION_ID = "simulated"


class CannotSimulate(Exception):
    """A draft with problems decides nothing; the sentence names the first."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a call would get: the decision, every rule with why it did or did not match, and the answer's bytes."""

    decision: RoutingDecision
    trace: tuple[TraceEntry, ...]
    variables: tuple[ExplainedVariable, ...]
    reply: bytes
    greeting: str

    @property
    def readable_reply(self) -> str:
        """The answer, indented for people; the bytes that Vapi gets are the same without blanks."""
        return orjson.dumps(orjson.loads(self.reply), option=orjson.OPT_INDENT_2).decode()


def simulate(
    *, number: str, line: str, at: datetime, draft: bool = False, sip_headers: dict[str, str] | None = None
) -> Simulation:
    """What a caller with this number or SIP address would get on this line (name, number, address or id) at `at`."""
    now = live.read()
    ruleset = _draft(now.ruleset.version) if draft else now.ruleset
    decision = route_call(
        call=read_assistant_request(_body(number, line, ruleset, sip_headers or {})),
        ruleset=ruleset,
        switches=now.switches,
        at=at,
        default_region=settings.DEFAULT_REGION,
    )
    reply = orjson.dumps(assistant_reply(decision, decision_id=DECISION_ID))
    return Simulation(decision, _whole_trace(decision, ruleset), explain_variables(decision), reply, _greeting(reply))


def _draft(version: int) -> Ruleset:
    document = draft_document()
    if found := problems(document):
        raise CannotSimulate(f"The draft cannot be simulated before this is mended: {found[0]}")
    return compile_document(document, version=version)


def _body(number: str, line: str, ruleset: Ruleset, sip_headers: dict[str, str]) -> dict[str, Any]:
    """The assistant request that Vapi would send."""
    known = next((each for each in ruleset.lines if each.name == line), None)
    dialled = (
        {"id": known.vapi_id, "number": known.number, "sipUri": known.sip_uri}
        if known
        else {"id": line, "number": line, "sipUri": line}
    )
    caller = {"sipUri": number} if number.lower().startswith(("sip:", "sips:")) else {"number": number}
    call = {"id": DECISION_ID, "customer": caller, "assistantOverrides": {"variableValues": sip_headers}}
    return {"message": {"type": "assistant-request", "call": call, "phoneNumber": dialled}}


def _whole_trace(decision: RoutingDecision, ruleset: Ruleset) -> tuple[TraceEntry, ...]:
    """Every rule, also those after the one that answered, which a call does not try."""
    return tuple(TraceEntry(rule, rule.obstacle(decision.facts)) for rule in ruleset.rules)


def _greeting(reply: bytes) -> str:
    """What the caller would hear first, as far as this server knows it."""
    answer = orjson.loads(reply)
    if "error" in answer:
        return str(answer["error"])
    overrides = answer.get("assistantOverrides") or answer.get("squadOverrides") or {}
    text = overrides.get("firstMessage") or answer.get("assistant", {}).get("firstMessage", "")
    for name, value in overrides.get("variableValues", {}).items():
        text = text.replace(f"{{{{{name}}}}}", str(value))
    return str(text)

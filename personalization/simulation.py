"""Who would answer this caller, and why: the webhook's own steps, with no effect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings

from assistants import live
from assistants.checking import problems
from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.replies import ExplainedVariable, assistant_reply, explain_variables
from assistants.routing import RoutingDecision, route_call
from assistants.ruleset import Ruleset, Switches
from assistants.transfers import only_transfers
from customers.directory import find_caller_in_database
from personalization.messages import read_assistant_request
from personalization.simulation_greeting import Greeting, greeting
from personalization.simulation_trace import Step, steps
from personalization.transfer_requests import NOBODY, transfer_reply

DECISION_ID = "simulated"


class CannotSimulate(Exception):
    """A draft with problems decides nothing; the sentence names the first."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a call would get: the decision, every rule with why it did or did not match, and the answer's bytes."""

    decision: RoutingDecision
    ruleset: Ruleset
    switches: Switches
    is_draft: bool
    trace: tuple[Step, ...]
    variables: tuple[ExplainedVariable, ...]
    reply: bytes

    @property
    def answer(self) -> dict[str, Any]:
        """The answer that Vapi would get, as JSON values."""
        return dict(orjson.loads(self.reply))

    @property
    def exact_reply(self) -> str:
        """The very bytes that Vapi would get, as text (they are UTF-8)."""
        return self.reply.decode()

    @property
    def readable_reply(self) -> str:
        """The answer, indented for people; the bytes that Vapi gets are the same without blanks."""
        return orjson.dumps(self.answer, option=orjson.OPT_INDENT_2).decode()

    @property
    def greeting(self) -> Greeting:
        """What the caller would hear first, as far as this server knows it."""
        if self.decision.facts.call.asks_for_transfer and not self.decision.variant:
            return Greeting(NOBODY, "The assistant is told so, and the call goes on.")
        return greeting(self.answer)


def simulate(
    *,
    number: str,
    line: str,
    at: datetime,
    draft: bool = False,
    sip_headers: Mapping[str, str] | None = None,
    transfer: bool = False,
) -> Simulation:
    """What a caller with this number or SIP address would get on this line (name, number, address or id) at `at`.

    `sip_headers` are named as the caller's exchange sends them (`X-Account`). With `transfer` an assistant asks in the
    midst of the call where to transfer it. Raises CannotSimulate.
    """
    now = live.read()
    ruleset = _draft(now.ruleset.version) if draft else now.ruleset
    call = read_assistant_request(_body(number, line, ruleset, sip_headers or {}))
    ruleset = only_transfers(ruleset) if transfer else ruleset
    decision = route_call(
        call=replace(call, asks_for_transfer=transfer),
        ruleset=ruleset,
        switches=now.switches,
        at=at,
        default_region=settings.DEFAULT_REGION,
        look_up=find_caller_in_database,
    )
    return Simulation(
        decision=decision,
        ruleset=ruleset,
        switches=now.switches,
        is_draft=draft,
        trace=steps(decision, ruleset),
        variables=explain_variables(decision),
        reply=orjson.dumps(
            transfer_reply(decision) if transfer else assistant_reply(decision, decision_id=DECISION_ID)
        ),
    )


def _draft(version: int) -> Ruleset:
    document = draft_document()
    if found := problems(document):
        raise CannotSimulate(f"The draft cannot be simulated before this is mended: {found[0]}")
    return compile_document(document, version=version)


def _body(number: str, line: str, ruleset: Ruleset, sip_headers: Mapping[str, str]) -> dict[str, Any]:
    """The assistant request that Vapi would send."""
    known = next((each for each in ruleset.lines if each.name == line), None)
    dialled = (
        {"id": known.vapi_id, "number": known.number, "sipUri": known.sip_uri}
        if known
        else {"id": line, "number": line, "sipUri": line}
    )
    is_sip_address = "@" in number or number.lower().startswith(("sip:", "sips:"))
    call = {
        "id": DECISION_ID,
        "type": "inboundPhoneCall",
        "phoneCallTransport": "sip" if is_sip_address or sip_headers else "pstn",
        "customer": {"sipUri" if is_sip_address else "number": number},
        # Vapi hands the INVITE's X- headers on without their prefix and in lower case.
        "assistantOverrides": {
            "variableValues": {name.lower().removeprefix("x-"): value for name, value in sip_headers.items()}
        },
    }
    return {"message": {"type": "assistant-request", "call": call, "phoneNumber": dialled}}

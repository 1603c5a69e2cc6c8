"""Web calls over HTTP: the company's own web site asks what to hand to Vapi's SDK for a signed-in customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assistants.decision_ids import new_decision_id, number_of
from assistants.incoming import Transport
from assistants.replies import told_customer_id
from assistants.routing import RoutingDecision
from assistants.starting import UnknownName, decide_start, decided, named_line
from assistants.web_calls import NotInABrowser, StartArguments, start_arguments
from assistants.web_tokens import CannotSign, sign_web_token
from customers.directory import known_customer
from customers.models import Call, Customer, StartedCall
from personalization.api import starting_documentation as docs
from personalization.api.keys import author
from personalization.api.models import Scope
from personalization.api.problems import ApiView, Refused
from personalization.api.starting import current, decision_json, found_customer, read, wrong
from personalization.api.web_call_request import WebCallRequest


class WebCalls(ApiView):
    """Web calls that are about to start."""

    scopes = {"POST": Scope.CALLS_START}

    @extend_schema(**docs.WEB_CALL)
    def post(self, request: Request) -> Response:
        """What to hand to `vapi.start`; the same rules decide as for callers, and verified variables are sent."""
        asked, at = read(WebCallRequest(data=request.data)), timezone.now()
        customer = found_customer(asked["customer"])
        decision = _decide(asked, customer, at)
        decision_id = new_decision_id(told_customer_id(decision))
        arguments = _arguments(decision, decision_id, asked)
        token = {"token": _token(arguments, asked["origin"], at)} if "origin" in asked else {}
        call = StartedCall.objects.create(
            type=Call.Type.WEB,
            decision_id=number_of(decision_id),
            customer=customer,
            created_at=at,
            due_at=at,
            by=author(request),
            **decided(decision),
        )
        return Response(_start(arguments) | token | {"decision": decision_json(call)})


def _decide(asked: Mapping[str, Any], customer: Customer, at: datetime) -> RoutingDecision:
    now = current()
    try:
        line = named_line(now.ruleset, asked["line"]) if "line" in asked else None
        return decide_start(
            caller=known_customer(customer.pk),
            line=line,
            variant=asked.get("variant", ""),
            transport=Transport.WEB,
            live=now,
            at=at,
        )
    except UnknownName as error:
        raise wrong(error.field, error) from error


def _arguments(decision: RoutingDecision, decision_id: str, asked: Mapping[str, Any]) -> StartArguments:
    try:
        return start_arguments(decision, decision_id=decision_id, metadata=asked.get("metadata", {}))
    except NotInABrowser as error:
        extra = {"say": error.say, "destination": error.destination}
        raise Refused(
            str(error), reason=decision.reason, **{name: each for name, each in extra.items() if each}
        ) from error


def _token(arguments: StartArguments, origin: str, at: datetime) -> str:
    try:
        return sign_web_token(arguments, origin=origin, at=at)
    except CannotSign as error:
        raise wrong("origin", error) from error


def _start(arguments: StartArguments) -> dict[str, Any]:
    return {
        "assistant": arguments.assistant,
        "assistantOverrides": arguments.overrides,
        "squad": arguments.squad,
    }

"""The webhook: which message is it, whom do we ask, what do we answer."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any
from urllib.parse import quote

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from assistants import live
from assistants.decision_ids import new_decision_id
from assistants.incoming import IncomingCall
from assistants.replies import apology, assistant_reply, told_customer_id
from assistants.routing import RoutingDecision, fall_back, route_call
from customers import directory
from customers.call_news import CallNews
from customers.reports import record
from customers.spool import Spool
from personalization import metrics
from personalization.authentication import OneCall, WebhookAuthentication
from personalization.call_log import note_answer, note_end
from personalization.call_messages import STORED, read_call_news
from personalization.json import JSONParser, JSONRenderer, OnlyJSON
from personalization.messages import Json, read_assistant_request
from personalization.other_messages import ANSWERS

logger = logging.getLogger("personalization.calls")

# X-Decision: printable ASCII but the percent sign stands as it is.
_AS_IT_IS = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")


class AssistantSelector(APIView):
    """Every server message that Vapi sends; an assistant request is answered with who takes the call."""

    authentication_classes = [WebhookAuthentication]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyJSON
    http_method_names = ["post"]
    kind = ""
    schema = None  # our API's document leaves out what Vapi's documentation describes

    def post(self, request: Request) -> HttpResponse:
        """The answer that the message's type wants; types that want none get `{}`."""
        self.kind = _kind(request.data)
        if isinstance(request.auth, OneCall):
            request.auth.require(request.data)
        match request.data:
            case {"message": {"type": "assistant-request"}} as body:
                return answer_call(body)
            case {"message": {"type": str(kind)}} as body if kind in STORED:
                return keep_news(body)
            case {"message": {"type": str(kind)} as message} if kind:
                return Response(_acknowledge(kind, message))
            case dict():
                raise ParseError("The body has no message.type: this address takes Vapi's server messages.")
            case _:
                raise ParseError("The body is not a JSON object: this address takes Vapi's server messages.")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Counts every message, those that were refused too."""
        metrics.count_message(kind=self.kind, status=response.status_code)
        return super().finalize_response(request, response, *args, **kwargs)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Says nothing to those who are not Vapi."""
        return _handle


def answer_call(body: Json) -> HttpResponse:
    """Who takes the call, always 200 and always something that Vapi can speak: silence is the worst answer."""
    started = perf_counter()
    call = read_assistant_request(body)
    for rung in (_by_all_we_know, _after_an_error):
        try:
            decision, source = rung(call)
            decision_id = new_decision_id(told_customer_id(decision))
            reply = assistant_reply(decision, decision_id=decision_id)
            source = source if decision.variant else "spoken"
            response = _response(reply, decision.reason, source)
        except Exception:
            logger.exception("call %s: no decision", call.call_id)
        else:
            note_answer(call, decision, decision_id=decision_id, source=source, seconds=perf_counter() - started)
            return response
    note_answer(call, None, decision_id="", source="spoken", seconds=perf_counter() - started)
    return _response({"error": apology()}, "error", "spoken")


def _by_all_we_know(call: IncomingCall) -> tuple[RoutingDecision, str]:
    """By the rules and the caller's data, unless these are too old; and how fresh they are."""
    fresh = directory.freshness()
    if fresh is directory.Freshness.TOO_OLD:
        return _by_fallback(call)
    now = live.current()
    decision = route_call(
        call=call,
        ruleset=now.ruleset,
        switches=now.switches,
        at=timezone.now(),
        default_region=settings.DEFAULT_REGION,
    )
    return decision, fresh.value


def _by_fallback(call: IncomingCall) -> tuple[RoutingDecision, str]:
    """By nothing but the line: the last rung before an apology."""
    ruleset = live.current().ruleset
    decision = fall_back(call=call, ruleset=ruleset, at=timezone.now(), default_region=settings.DEFAULT_REGION)
    return decision, "fallback"


def _after_an_error(call: IncomingCall) -> tuple[RoutingDecision, str]:
    decision, source = _by_fallback(call)
    return replace(decision, reason="error"), source


def keep_news(body: Json) -> Response:
    """200 once what the message says of its call is on the disk or in the database; 503, which asks Vapi to retry."""
    news = read_call_news(body, at=timezone.now())
    note_end(news)
    try:
        Spool(settings.DATA_DIR / "spool").put(news.to_json())
    except OSError as error:
        logger.error("call %s: the spool takes nothing (%s)", news.vapi_id, error.strerror)
        return _stored_at_once(news)
    return Response({})


def _stored_at_once(news: CallNews) -> Response:
    try:
        record(news)
    except Exception:
        logger.exception("call %s: the report is neither spooled nor stored", news.vapi_id)
        return Response({"detail": "This message cannot be kept now: please send it again."}, status=503)
    return Response({})


def _response(reply: Mapping[str, Any], reason: str, source: str) -> HttpResponse:
    headers = {"X-Decision": quote(reason, safe=_AS_IT_IS), "X-Answer-Source": source}
    # Written here, where a reply that cannot be written still becomes an apology; and DRF's Response takes longer.
    return HttpResponse(orjson.dumps(reply), content_type="application/json", headers=headers)


def _kind(body: Any) -> str:
    """The message's type, where it has one."""
    match body:
        case {"message": {"type": str(kind)}}:
            return kind
        case _:
            return ""


def _acknowledge(kind: str, message: Json) -> Mapping[str, Any]:
    answer = ANSWERS.get(kind)
    return answer(message) if answer else {}


def _handle(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is not None and isinstance(error, AuthenticationFailed | NotAuthenticated):
        response.data = None
    return response

"""The webhook: which message is it, whom do we ask, what do we answer."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any
from urllib.parse import quote

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

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
from personalization.authentication import NotVapi, authenticate
from personalization.call_log import note_answer, note_end
from personalization.call_messages import STORED, read_call_news
from personalization.json import loads, what_to_send_instead
from personalization.messages import Json, read_assistant_request
from personalization.other_messages import ANSWERS

logger = logging.getLogger("personalization.calls")

# X-Decision: printable ASCII but the percent sign stands as it is.
_AS_IT_IS = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
_LONGEST_KIND = 100
_NO_MESSAGE = "The body {}: this address takes Vapi's server messages."


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: an HTTP status, the JSON (of which 401 has none), and headers beside its type."""

    status: int = 200
    content: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class _Refused(Exception):
    """A message that is not taken, and the answer that says why."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.reply = Reply(status, orjson.dumps({"detail": sentence}), headers)


@csrf_exempt  # machines send no cookies
def assistant_selector(request: HttpRequest) -> HttpResponse:
    """The webhook as a Django view; the front door calls `answer` itself."""
    body = request.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    reply = answer(request.method or "", request.headers, body)
    response = HttpResponse(reply.content, "application/json", reply.status, headers=reply.headers)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark, which its stub lacks
    return response


def answer(method: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """The answer to any request for the webhook, which is counted; raises nothing.

    `headers` finds a name in lower case, its value as Latin-1. No DRF and no Django on this path: they take as long
    as the decision itself.
    """
    kind = ""
    try:
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:  # and not all of it was read
            raise _Refused(413, "The body is larger than 32 MiB.")
        sender = authenticate(headers, body)
        message = _read(method, headers, body)
        if sender:
            sender.require(message)
        kind = _kind(message)
        reply = _answered(kind, message)
    except NotVapi:  # who hears nothing
        logger.warning("the webhook was asked by somebody who shows no secret that it knows")
        reply = Reply(401, b"", {"WWW-Authenticate": "Bearer"})
    except _Refused as refused:
        logger.warning("the webhook refused what it was sent: %s", refused)
        reply = refused.reply
    except Exception:
        logger.exception("a message of the type %s found no answer", kind[:_LONGEST_KIND])
        reply = Reply(500, b'{"detail":"This server has made a mistake, and its log says which."}')
    metrics.count_message(kind=kind, status=reply.status)
    return reply


def _read(method: str, headers: Mapping[str, str], body: bytes) -> Any:
    if method != "POST":
        raise _Refused(405, f"This address takes POST, not {method}.", Allow="POST")
    if sentence := what_to_send_instead(headers):
        raise _Refused(415, sentence)
    try:
        return loads(body or b"{}")
    except ValueError as error:
        raise _Refused(400, str(error)) from None


def _answered(kind: str, message: Any) -> Reply:
    """The answer that the message's type wants; types that want none get `{}`."""
    match message:
        case {"message": {"type": "assistant-request"}}:
            return answer_call(message)
        case {"message": dict()} if kind in STORED:
            return keep_news(message)
        case {"message": dict() as said} if kind:
            return Reply(content=orjson.dumps(ANSWERS[kind](said))) if kind in ANSWERS else Reply()
        case dict():
            raise _Refused(400, _NO_MESSAGE.format("has no message.type"))
        case _:
            raise _Refused(400, _NO_MESSAGE.format("is not a JSON object"))


def answer_call(body: Json) -> Reply:
    """Who takes the call, always 200 and always something that Vapi can speak: silence is the worst answer."""
    started = perf_counter()
    call = read_assistant_request(body)
    for rung in (_by_all_we_know, _after_an_error):
        try:
            decision, source = rung(call)
            decision_id = new_decision_id(told_customer_id(decision))
            reply = assistant_reply(decision, decision_id=decision_id)
            source = source if decision.variant else "spoken"
            response = _reply(reply, decision.reason, source)
        except Exception:
            logger.exception("call %s: no decision", call.call_id)
        else:
            note_answer(call, decision, decision_id=decision_id, source=source, seconds=perf_counter() - started)
            return response
    note_answer(call, None, decision_id="", source="spoken", seconds=perf_counter() - started)
    return _reply({"error": apology()}, "error", "spoken")


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


def keep_news(body: Json) -> Reply:
    """200 once what the message says of its call is on the disk or in the database; 503, which asks Vapi to retry."""
    news = read_call_news(body, at=timezone.now())
    note_end(news)
    try:
        Spool(settings.DATA_DIR / "spool").put(news.to_json())
    except OSError as error:
        logger.error("call %s: the spool takes nothing (%s)", news.vapi_id, error.strerror)
        return _stored_at_once(news)
    return Reply()


def _stored_at_once(news: CallNews) -> Reply:
    try:
        record(news)
    except Exception:
        logger.exception("call %s: the report is neither spooled nor stored", news.vapi_id)
        return Reply(503, b'{"detail":"This message cannot be kept now: please send it again."}')
    return Reply()


def _reply(reply: Mapping[str, Any], reason: str, source: str) -> Reply:
    return Reply(
        content=orjson.dumps(reply),
        headers={"X-Decision": quote(reason, safe=_AS_IT_IS), "X-Answer-Source": source},
    )


def _kind(body: Any) -> str:
    """The message's type, where it has one."""
    match body:
        case {"message": {"type": str(kind)}}:
            return kind
        case _:
            return ""

"""The webhook: which message is it, whom do we ask, what do we answer."""

import logging
from collections.abc import Mapping
from dataclasses import replace
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
from personalization.exchange import JSON, Reply
from personalization.json import TooLarge, loads, what_to_send_instead, whole
from personalization.messages import Json, read_assistant_request
from personalization.other_messages import ANSWERS

logger = logging.getLogger("personalization.calls")

# X-Decision: printable ASCII but the percent sign stands as it is.
_AS_IT_IS = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
_LONGEST_KIND = 100
_OUR_MISTAKE = "This server has made a mistake, and its log says which."
_NO_MESSAGE = "The body {}: this address takes Vapi's server messages."


class _Refused(Exception):
    """A message that is not taken, and the answer that says why."""

    def __init__(self, status: int, sentence: str, *headers: tuple[str, str]) -> None:
        super().__init__(sentence)
        self.reply = _json({"detail": sentence}, *headers, status=status)


@csrf_exempt  # machines send no cookies
def assistant_selector(request: HttpRequest) -> HttpResponse:
    """The webhook as a Django view; the front door calls `answer` itself."""
    body = request.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    reply = answer(request.method or "", request.headers, body)
    response = HttpResponse(reply.content, status=reply.status, headers=dict(reply.headers))
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark, which its stub lacks
    return response


def answer(method: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """The answer to any request for the webhook, which is counted; raises nothing.

    `headers` finds a name in lower case; of `body`, one byte more than we take is enough. No DRF and no Django on this
    path: they take as long as the decision itself.
    """
    kind = ""
    try:
        sender = authenticate(headers, body)
        message = _parsed(method, headers, body)
        kind = _kind(message)
        if sender:
            sender.require(message)
        reply = _reply_to(kind, message)
    except NotVapi:  # who hears nothing
        logger.warning("the webhook refused what nothing shows to come from Vapi")
        reply = Reply(401, [("WWW-Authenticate", "Bearer")], b"")
    except _Refused as refused:
        logger.warning("the webhook refused what it was sent: %s", refused)
        reply = refused.reply
    except TooLarge as error:
        reply = _json({"detail": str(error)}, status=413)
    except Exception:
        logger.exception("a message of the type %s found no answer", kind[:_LONGEST_KIND])
        reply = _apology() if kind == "assistant-request" else _json({"detail": _OUR_MISTAKE}, status=500)
    metrics.count_message(kind=kind, status=reply.status)
    return reply


def _parsed(method: str, headers: Mapping[str, str], body: bytes) -> Any:
    if method != "POST":
        raise _Refused(405, f"This address takes POST, not {method}.", ("Allow", "POST"))
    if sentence := what_to_send_instead(headers):
        raise _Refused(415, sentence)
    try:
        return loads(whole(body) or b"{}")
    except ValueError as error:
        raise _Refused(400, str(error)) from None


def _reply_to(kind: str, message: Any) -> Reply:
    """The answer that the message's type wants; types that want none get `{}`."""
    match message:
        case {"message": dict()} if kind == "assistant-request":
            return answer_call(message)
        case {"message": dict()} if kind in STORED:
            return keep_news(message)
        case {"message": dict() as said} if kind:
            return _json(ANSWERS[kind](said) if kind in ANSWERS else {})
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
            response = _decided(reply, decision.reason, source)
        except Exception:
            logger.exception("call %s: no decision", call.call_id)
        else:
            note_answer(call, decision, decision_id=decision_id, source=source, seconds=perf_counter() - started)
            return response
    note_answer(call, None, decision_id="", source="spoken", seconds=perf_counter() - started)
    return _apology()


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
    return _json({})


def _stored_at_once(news: CallNews) -> Reply:
    try:
        record(news)
    except Exception:
        logger.exception("call %s: the report is neither spooled nor stored", news.vapi_id)
        return _json({"detail": "This message cannot be kept now: please send it again."}, status=503)
    return _json({})


def _apology() -> Reply:
    return _decided({"error": apology()}, "error", "spoken")


def _decided(reply: Mapping[str, Any], reason: str, source: str) -> Reply:
    return _json(reply, ("X-Decision", quote(reason, safe=_AS_IT_IS)), ("X-Answer-Source", source))


def _json(content: Mapping[str, Any], *headers: tuple[str, str], status: int = 200) -> Reply:
    return Reply(status, [*JSON, *headers], orjson.dumps(content))


def _kind(body: Any) -> str:
    """The message's type, where it has one."""
    match body:
        case {"message": {"type": str(kind)}}:
            return kind
        case _:
            return ""

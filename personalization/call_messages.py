"""What a status update or an end-of-call report tells of its call: the parts on the list below, and nothing else.

Numbers of payment cards are masked before anything is kept. Addresses that let anyone listen in, presigned addresses
and credentials stand in the same messages; they are not hunted for, they are never taken.
"""

import math
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime

from assistants import live
from assistants.decision_ids import number_of, proves, unsigned
from assistants.incoming import IncomingCall
from assistants.routing import find_line
from assistants.ruleset import LineSpec
from customers.call_news import CallNews
from customers.card_numbers import without_card_numbers
from customers.models import Call
from customers.phone_numbers import CallerAddress, read_caller
from personalization.messages import Json, object_in, read_assistant_request

REPORT, STATUS = "end-of-call-report", "status-update"
STORED = (REPORT, STATUS)

_TYPES = {"inboundPhoneCall": Call.Type.INBOUND, "outboundPhoneCall": Call.Type.OUTBOUND, "webCall": Call.Type.WEB}
_LONGEST_ID = 200
_LONGEST_NUMBER = 300
_LONGEST_WORDS = 2_000
_LONGEST_TEXT = 2_000_000
DEEPEST = 20


def read_call_news(body: Json, *, at: datetime) -> CallNews:
    """What an end-of-call report or a status update says, each part checked; `at` stands in for its time of writing."""
    message = object_in(body, "message")
    call, analysis = object_in(message, "call"), object_in(message, "analysis")
    artifact = object_in(message, "artifact")
    metadata = _metadata(call)
    status, told_at = _words(message.get("status")), moment(message.get("timestamp")) or at
    final = message.get("type") == REPORT
    incoming = read_assistant_request(body)
    line = _line(incoming)
    customer_id, decision_id = _words(metadata.get("customerId")), _words(metadata.get("decisionId"))
    is_ours = proves(decision_id, customer_id)
    return CallNews(
        vapi_id=stored_id(incoming),
        told_at=told_at,
        final=final,
        type=stored_type(incoming),
        status="ended" if final else status[:40],
        number=_number(incoming, line),
        line=line.name if line else "",
        customer_id=customer_id,
        proven=is_ours and bool(customer_id),
        decision_id=number_of(decision_id) if is_ours else "",
        created_at=moment(call.get("createdAt")),
        started_at=_first_moment(message, call, "startedAt") or (told_at if status == "in-progress" else None),
        ended_at=_first_moment(message, call, "endedAt") or (told_at if status == "ended" else None),
        ended_reason=(_words(message.get("endedReason")) or _words(call.get("endedReason")))[:200],
        duration_s=_duration(message, call) if final else None,
        cost=_cost(message.get("cost")),
        summary=without_card_numbers(_text(analysis.get("summary")) or _text(message.get("summary"))),
        success=without_card_numbers(_words(analysis.get("successEvaluation"))),
        structured_data=without_card_numbers(storable(analysis.get("structuredData"))),
        transcript=without_card_numbers(_text(artifact.get("transcript")) or _text(message.get("transcript"))),
        has_recording=bool(artifact.get("recordingUrl") or artifact.get("recording") or message.get("recordingUrl")),
        metadata=without_card_numbers(storable(unsigned(metadata))),
    )


def storable(value: Any, depth: int = DEEPEST) -> Any:
    """JSON as PostgreSQL takes it: without U+0000, without numbers beyond its range, not deeper than `depth`."""
    match value:
        case str():
            return _text(value)
        case dict() if depth:
            return {_text(key): storable(item, depth - 1) for key, item in value.items()}
        case list() if depth:
            return [storable(item, depth - 1) for item in value]
        case bool() | None:
            return value
        case int() | float() if math.isfinite(value) and abs(value) < 10**300:
            return value
        case _:
            return None


def _metadata(call: Json) -> Json:
    """What our answer, or whoever started the call, said about it: with a squad it stands in another place."""
    members = object_in(object_in(call, "squad"), "membersOverrides")  # in web calls
    places = (object_in(call, "assistantOverrides"), object_in(call, "squadOverrides"), members)
    return next(filter(None, (object_in(place, "metadata") for place in places)), {})


def stored_id(call: IncomingCall) -> str:
    """Vapi's id of the call as its record has it; empty where there is none."""
    return call.call_id[:_LONGEST_ID].replace("\0", "")


def stored_type(call: IncomingCall) -> str:
    """Our word for the call's type."""
    return _TYPES.get(call.type, Call.Type.OTHER).value


def _number(call: IncomingCall, line: LineSpec | None) -> str:
    """The caller's number or address, read as the decision reads it."""
    region = line.region if line else settings.DEFAULT_REGION
    return stored_number(read_caller(numbers=call.caller_numbers, sip_uris=call.caller_sip_uris, region=region))


def stored_number(address: CallerAddress) -> str:
    """The caller's number or address as the call's record has it; empty where it is withheld."""
    return address.keys[0][:_LONGEST_NUMBER] if address.keys and not address.withheld else ""


def _line(call: IncomingCall) -> LineSpec | None:
    """The dialled line; None where it is none of ours, or where this node has nothing to tell lines by."""
    try:
        return find_line(call, live.current().ruleset, settings.DEFAULT_REGION)
    except Exception:  # a report is worth keeping without it
        return None


def _text(value: Any) -> str:
    """Text that a database stores: without U+0000, and at most two million characters."""
    return value[:_LONGEST_TEXT].replace("\0", "") if isinstance(value, str) else ""


def _words(value: Any) -> str:
    """A short text; a success evaluation may come as a number or a yes or no."""
    return _text(str(value).lower() if isinstance(value, bool | int | float) else value)[:_LONGEST_WORDS]


def _first_moment(message: Json, call: Json, name: str) -> datetime | None:
    return moment(message.get(name)) or moment(call.get(name))


def moment(value: Any) -> datetime | None:
    """A time in ISO 8601, or in milliseconds since 1970."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, tz=UTC)
        found = parse_datetime(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else found and found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _duration(message: Json, call: Json) -> float | None:
    """As told; else from the call's beginning to its end, where both are told."""
    told = _seconds(message.get("durationSeconds"))
    began, ended = _first_moment(message, call, "startedAt"), _first_moment(message, call, "endedAt")
    if told is None and began and ended:
        return _seconds((ended - began).total_seconds())
    return told


def _seconds(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 10**7 else None


def _cost(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return repr(value)[:30] if is_number else ""

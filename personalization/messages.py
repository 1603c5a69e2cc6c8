"""What Vapi sends us, reduced to the parts we read.

Nothing about the body is trusted but that it is a JSON object: any key may be missing, null or of another type.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from assistants.incoming import IncomingCall, Transport

Json = Mapping[str, Any]

# The types of messages for whose answer a call waits, or somebody who is about to be called.
WAITED_FOR = (
    *("assistant-request", "transfer-destination-request", "handoff-destination-request", "knowledge-base-request"),
    *("tool-calls", "function-call", "campaign.predial"),
)

_NOTHING: Json = {}
_LONGEST_TEXT = 600
_MOST_HEADERS = 100


def read_assistant_request(body: Json) -> IncomingCall:
    """The call behind an assistant request, wherever in the body its parts stand.

    Besides the OpenAPI's places this reads `call.from.phoneNumber` and `call.to.phoneNumber`, inside and beside
    `message`, as the samples in Vapi's documentation do.
    """
    message = object_in(body, "message")
    call, beside = object_in(message, "call"), object_in(body, "call")
    customers = [object_in(call, "customer"), object_in(message, "customer")]
    lines = [object_in(message, "phoneNumber"), object_in(call, "phoneNumber")]
    senders = [object_in(call, "from"), object_in(beside, "from")]
    receivers = [object_in(call, "to"), object_in(beside, "to")]
    return IncomingCall(
        call_id=_text(call.get("id")),
        type=_text(call.get("type")),
        created_at=_text(call.get("createdAt")),
        caller_numbers=_texts([*_each(customers, "number"), *_each(senders, "phoneNumber")]),
        caller_sip_uris=_texts(_each(customers, "sipUri")),
        line_ids=_texts([*_each(lines, "id"), call.get("phoneNumberId"), message.get("phoneNumberId")]),
        line_numbers=_texts([*_each(lines, "number"), *_each(receivers, "phoneNumber")]),
        line_sip_uris=_texts(_each(lines, "sipUri")),
        transport=_transport(call),
        sip_headers=_sip_headers(call),
    )


def object_in(parent: Json, key: str) -> Json:
    value = parent.get(key)
    return value if isinstance(value, dict) else _NOTHING


def _each(objects: Iterable[Json], key: str) -> list[Any]:
    return [each.get(key) for each in objects]


def _text(value: Any) -> str:
    """Text as it stands, whole numbers as digits; anything else, and anything far too long, is nothing."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        return str(value)
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else ""


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(_text, values) if text))


def _transport(call: Json) -> Transport:
    if call.get("type") == "webCall":
        return Transport.WEB
    provider = _text(object_in(call, "transport").get("provider"))
    sip = call.get("phoneCallTransport") == "sip" or provider == "vapi.sip"
    return Transport.SIP if sip else Transport.PHONE


def _sip_headers(call: Json) -> dict[str, str]:
    """The INVITE's X- headers, which Vapi hands on as variable values: claims of the caller's, not facts."""
    values = object_in(object_in(call, "assistantOverrides"), "variableValues")
    return {name: text for name, value in list(values.items())[:_MOST_HEADERS] if (text := _text(value))}

"""Assistant requests as Vapi sends them, and whether an answer is the caller's own."""

import re
from dataclasses import dataclass

import orjson

from bench.people import name_of, number_of

LINE_ID = "c3d5e7f9-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
CALL_ID = "019c0a11-7e01-7c00-8d00-000000000001"
LINE_NUMBER = "+12025550100"
_ORGANISATION = "7a1f0c52-3b8e-4d0a-9c41-5f2e6b7d8a90"
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class WrongAnswer(Exception):
    """An answer that is not 200, or that is about somebody else than the caller; the sentence shows it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where calls go: a port on this machine, a path, the webhook secret; and how many customers may call."""

    port: int
    path: str
    secret: str
    customers: int

    def request_template(self) -> bytes:
        """The HTTP request with the places of CALL_ID and `number_of(person)` marked, ready for `.replace`."""
        body = orjson.dumps(_message(number_of(0)))
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
            f"X-Vapi-Secret: {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def body_of(response: bytes) -> bytes | None:
    """The body of an HTTP response of which this much has arrived; None while some is missing."""
    head, _, body = response.partition(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    return body if length and len(body) >= int(length[1]) else None


def check_answer(response: bytes, body: bytes, person: int) -> None:
    """Raises WrongAnswer unless the response greets this very person."""
    answer = orjson.loads(body) if response.startswith(b"HTTP/1.1 200 ") else None
    overrides = answer.get("assistantOverrides", {}) if isinstance(answer, dict) else {}
    if overrides.get("variableValues", {}).get("customerName") != name_of(person):
        text = response.decode(errors="replace")
        raise WrongAnswer(f"{name_of(person)} called from {number_of(person)} and was answered: {text}")


def _message(number: str) -> dict[str, object]:
    """As a call over Twilio arrives (a PSTN call's assistant-request)."""
    line = {"id": LINE_ID, "orgId": _ORGANISATION, "number": LINE_NUMBER, "name": "Support line", "provider": "twilio"}
    call = {
        "id": CALL_ID,
        "orgId": _ORGANISATION,
        "createdAt": "2026-09-22T08:00:00.100Z",
        "updatedAt": "2026-09-22T08:00:00.100Z",
        "type": "inboundPhoneCall",
        "status": "ringing",
        "phoneCallProvider": "twilio",
        "phoneCallProviderId": "CA00000000000000000000000000000001",
        "phoneCallTransport": "pstn",
        "phoneNumberId": LINE_ID,
        "assistantId": None,
        "squadId": None,
        "workflowId": None,
        "transport": {"provider": "twilio", "conversationType": "voice"},
        "customer": {"number": number},
    }
    message = {
        "timestamp": 1790000000000,
        "type": "assistant-request",
        "call": call,
        "phoneNumber": line,
        "customer": {"number": number},
    }
    return {"message": message}

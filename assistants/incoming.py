"""A call that asks for an assistant, as far as a decision needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Transport(StrEnum):
    """How a call reaches us."""

    PHONE = "phone"
    SIP = "SIP"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """What an assistant request says, unchecked: the caller's addresses in the order in which they count.

    `line_ids`, `line_numbers` and `line_sip_uris` name the dialled line in whatever way Vapi did; `type` and
    `created_at` are in Vapi's words.
    """

    call_id: str = ""
    type: str = ""
    created_at: str = ""
    caller_numbers: tuple[str, ...] = ()
    caller_sip_uris: tuple[str, ...] = ()
    line_ids: tuple[str, ...] = ()
    line_numbers: tuple[str, ...] = ()
    line_sip_uris: tuple[str, ...] = ()
    transport: Transport = Transport.PHONE
    sip_headers: Mapping[str, str] = field(default_factory=dict)
    # In the middle of a call an assistant asks where to transfer it; else the call begins and asks for an assistant.
    asks_for_transfer: bool = False

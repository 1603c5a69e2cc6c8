"""Vapi's later messages of a call, sent to this server because our answer said so.

Vapi may send no credentials to a server that an answer names. So the answer gives it a word of its own to show: signed
here, for this one call and a day. Whoever learns it can tell us of that call what Vapi could, and nothing else.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from assistants.signing import is_signature, signature

# Said and not looked up: the first call of a process would load every page of the admin for it.
WEBHOOK = "/api/assistant-selector"
_PURPOSE = "later messages"
_LASTS = timedelta(days=1)  # a call takes twelve hours at most, and its report comes minutes later
_WORD = re.compile(r"([0-9]{10,11})\.([0-9A-Za-z_-]{22})\.([0-9A-Za-z_-]{1,1200})", re.ASCII)
_LONGEST_ID = 200


def this_server(call_id: str, *, at: datetime) -> Mapping[str, Any] | None:
    """Vapi's `server` for the messages of a call that is answered at `at`; None where Vapi could not reach us by it."""
    if not settings.PUBLIC_URL or not 0 < len(call_id) <= _LONGEST_ID:
        return None
    return {"url": webhook(settings.PUBLIC_URL), "headers": {"Authorization": f"Bearer {new_word(call_id, at=at)}"}}


def webhook(public_url: str) -> str:
    """The webhook's address as Vapi reaches it."""
    return public_url + WEBHOOK


def new_word(call_id: str, *, at: datetime) -> str:
    """What messages of this call show for a day: `<end, seconds since 1970>.<signature>.<the call's id in Base64>`."""
    end = str(int((at + _LASTS).timestamp()))
    told = base64.urlsafe_b64encode(call_id.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    return f"{end}.{signature(_PURPOSE, end, call_id)}.{told}"


def call_of(word: str, *, at: float) -> str:
    """The id of the call for which this server gave out `word`; empty for anything else, or at its end.

    `at` is in seconds since 1970.
    """
    parts = _WORD.fullmatch(word)
    if parts is None or int(parts[1]) < at:
        return ""
    try:
        call_id = base64.urlsafe_b64decode(parts[3] + "=" * (-len(parts[3]) % 4)).decode("utf-8", "surrogatepass")
    except (binascii.Error, ValueError):
        return ""
    return call_id if is_signature(parts[2], _PURPOSE, parts[1], call_id) else ""

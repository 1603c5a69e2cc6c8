"""Is this request from Vapi?"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from django.conf import settings

from assistants.later_messages import call_of
from personalization.json import whole
from personalization.other_messages import ANSWERS
from personalization.rotation import Kind, note_use
from personalization.signatures import signer

_BEARER = re.compile(r"\s*bearer\s+", re.IGNORECASE)
_WANT_ANSWERS = {"assistant-request", *ANSWERS}


class NotVapi(Exception):
    """A message of which nothing shows that it comes from Vapi."""


@dataclass(frozen=True, slots=True)
class OneCall:
    """What somebody may say who shows the word that our answer to one call held: see later_messages.py."""

    call_id: str

    def require(self, body: Any) -> None:
        """Raises NotVapi for all but what wants no answer and is about this very call."""
        match body:
            case {"message": {"type": str(kind), "call": {"id": self.call_id}}} if kind not in _WANT_ANSWERS:
                return
            case _:
                raise NotVapi


def authenticate(headers: Mapping[str, str], body: bytes) -> OneCall | None:
    """Raises NotVapi unless the message shows a configured secret, is signed with one, or shows the word of its call.

    A secret comes as `X-Vapi-Secret: …` or as `Authorization: Bearer …`, as the number's server or credential says:
    https://docs.vapi.ai/server-url/server-authentication. Who shows no more than the word that our answer to a call
    gave out may say only what Vapi tells of this call. `headers` are named in lower case. Raises TooLarge where it
    takes all of a body to tell.
    """
    at = time.time()
    kind: Kind = "secret"
    position = _presented_secret(headers)
    if position is None:
        kind, position = "signature", signer(settings.VAPI_HMAC, headers=headers, body=lambda: whole(body), at=at)
    if position is None:
        if call_id := call_of(_bearer(headers), at=at):
            return OneCall(call_id)
        raise NotVapi
    note_use(kind=kind, position=position + 1, at=at)
    return None


def known_secret(presented: bytes) -> int | None:
    """The position, from 0, of `presented` among the configured secrets; each is compared, in constant time."""
    matches = [compare_digest(presented, secret.encode()) for secret in settings.VAPI_WEBHOOK_SECRETS]
    return matches.index(True) if any(matches) else None


def _presented_secret(headers: Mapping[str, str]) -> int | None:
    """The position of the secret that stands in the headers, as the bytes that were sent."""
    presented = filter(None, (headers.get("x-vapi-secret", ""), _bearer(headers)))
    found = [known_secret(secret.encode("latin-1", "replace")) for secret in presented]
    return next((position for position in found if position is not None), None)


def _bearer(headers: Mapping[str, str]) -> str:
    authorization = headers.get("authorization", "")
    bearer = _BEARER.match(authorization)
    return authorization[bearer.end() :].strip() if bearer else ""

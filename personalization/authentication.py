"""Is this request from Vapi?"""

import re
import time
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from assistants.later_messages import call_of
from personalization.json import BodyTooLarge
from personalization.other_messages import ANSWERS
from personalization.rotation import Kind, note_use
from personalization.signatures import signer

_BEARER = re.compile(r"\s*bearer\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OneCall:
    """What somebody may say who shows the word that our answer to one call held: see later_messages.py."""

    call_id: str

    def require(self, body: Any) -> None:
        """Raises AuthenticationFailed (401) for all but what wants no answer and is about this very call."""
        match body:
            case {"message": {"type": str(kind), "call": {"id": self.call_id}}} if kind not in _WANT_ANSWERS:
                return
            case _:
                raise AuthenticationFailed


_WANT_ANSWERS = {"assistant-request", *ANSWERS}


class WebhookAuthentication(BaseAuthentication):
    """Accepts any of the configured secrets, as `X-Vapi-Secret: …`, as `Authorization: Bearer …`, or as a signature.

    The word that our answer to a call gave out opens the door as well, but only to what Vapi tells of this call.

    Vapi sends one or the other, as the number's server or credential says:
    https://docs.vapi.ai/server-url/server-authentication
    """

    def authenticate(self, request: Request) -> tuple[None, Literal["vapi"] | OneCall]:
        """Who sends this; raises AuthenticationFailed (401) for anybody but Vapi, before the body is parsed."""
        at = time.time()
        kind: Kind = "secret"
        position = _presented_secret(request)
        if position is None:
            kind, position = "signature", _signing_secret(request, at)
        if position is None:
            if call_id := call_of(_bearer(request), at=at):
                return None, OneCall(call_id)
            raise AuthenticationFailed
        note_use(kind=kind, position=position + 1, at=at)
        return None, "vapi"

    def authenticate_header(self, request: Request) -> str:
        """Names the scheme, without which DRF would answer 403 in place of 401."""
        return "Bearer"


def known_secret(presented: bytes) -> int | None:
    """The position, from 0, of `presented` among the configured secrets; each is compared, in constant time."""
    matches = [compare_digest(presented, secret.encode()) for secret in settings.VAPI_WEBHOOK_SECRETS]
    return matches.index(True) if any(matches) else None


def _presented_secret(request: Request) -> int | None:
    """The position of the secret that stands in the headers, as the bytes that were sent (WSGI decodes as Latin-1)."""
    presented = []
    if secret := request.META.get("HTTP_X_VAPI_SECRET"):
        presented.append(secret)
    if bearer := _bearer(request):
        presented.append(bearer)
    found = [known_secret(secret.encode("latin-1", "replace")) for secret in presented]
    return next((position for position in found if position is not None), None)


def _bearer(request: Request) -> str:
    authorization: str = request.META.get("HTTP_AUTHORIZATION", "")
    bearer = _BEARER.match(authorization)
    return authorization[bearer.end() :].strip() if bearer else ""


def _signing_secret(request: Request, at: float) -> int | None:
    """The position of the secret that the message is signed with."""
    if not settings.VAPI_HMAC.keys:
        return None
    try:
        return signer(settings.VAPI_HMAC, headers=request.headers, body=lambda: request._request.body, at=at)
    except RequestDataTooBig:
        raise BodyTooLarge from None

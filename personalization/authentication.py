"""Is this request from Vapi?"""

import re
import time
from hmac import compare_digest
from typing import Literal

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from personalization.json import BodyTooLarge
from personalization.rotation import Kind, note_use
from personalization.signatures import signer

_BEARER = re.compile(r"\s*bearer\s+", re.IGNORECASE)


class WebhookAuthentication(BaseAuthentication):
    """Accepts any of the configured secrets, as `X-Vapi-Secret: …`, as `Authorization: Bearer …`, or as a signature.

    Vapi sends one or the other, as the number's server or credential says:
    https://docs.vapi.ai/server-url/server-authentication
    """

    def authenticate(self, request: Request) -> tuple[None, Literal["vapi"]]:
        """Who sends this; raises AuthenticationFailed (401) for anybody but Vapi, before the body is parsed."""
        at = time.time()
        kind: Kind = "secret"
        position = _presented_secret(request)
        if position is None:
            kind, position = "signature", _signing_secret(request, at)
        if position is None:
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
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    if bearer := _BEARER.match(authorization):
        presented.append(authorization[bearer.end() :].strip())
    found = [known_secret(secret.encode("latin-1", "replace")) for secret in presented]
    return next((position for position in found if position is not None), None)


def _signing_secret(request: Request, at: float) -> int | None:
    """The position of the secret that the message is signed with."""
    if not settings.VAPI_HMAC.keys:
        return None
    try:
        return signer(settings.VAPI_HMAC, headers=request.headers, body=lambda: request._request.body, at=at)
    except RequestDataTooBig:
        raise BodyTooLarge from None

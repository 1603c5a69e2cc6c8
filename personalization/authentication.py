"""Is this request from Vapi?"""

import re
from hmac import compare_digest
from typing import Literal

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

_BEARER = re.compile(r"\s*bearer\s+", re.IGNORECASE)


class WebhookAuthentication(BaseAuthentication):
    """Accepts any of the configured secrets, as `X-Vapi-Secret: …` or as `Authorization: Bearer …`.

    Vapi sends one or the other, as the number's server or credential says:
    https://docs.vapi.ai/server-url/server-authentication
    """

    def authenticate(self, request: Request) -> tuple[None, Literal["vapi"]]:
        """Who sends this; raises AuthenticationFailed (401) for anybody but Vapi."""
        presented = [is_known_secret(secret) for secret in _presented_secrets(request)]
        if not any(presented):
            raise AuthenticationFailed
        return None, "vapi"

    def authenticate_header(self, request: Request) -> str:
        """Names the scheme, without which DRF would answer 403 in place of 401."""
        return "Bearer"


def is_known_secret(presented: bytes) -> bool:
    """Whether `presented` is one of the configured secrets; each is compared, in constant time."""
    matches = [compare_digest(presented, secret.encode()) for secret in settings.VAPI_WEBHOOK_SECRETS]
    return any(matches)


def _presented_secrets(request: Request) -> list[bytes]:
    """The secrets in the headers, as the bytes that were sent (WSGI decodes headers as Latin-1)."""
    presented = []
    if secret := request.META.get("HTTP_X_VAPI_SECRET"):
        presented.append(secret)
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    if bearer := _BEARER.match(authorization):
        presented.append(authorization[bearer.end() :].strip())
    return [secret.encode("latin-1", "replace") for secret in presented]

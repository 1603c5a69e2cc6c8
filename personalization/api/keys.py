"""Is this request from one of our own systems, and may it ask for that, so often?"""

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from personalization.api.models import ApiKey

_BEARER = re.compile(r"\s*bearer\s+(\S+)\s*", re.IGNORECASE)
_REFUSED = "This API key is unknown, revoked or expired: the admin and manage.py create_api_key make new ones."


class LacksScope(PermissionDenied):
    """403: the key is good, but not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This API key lacks the scope {scope}: staff can add it in the admin.")
        self.scope = scope


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """The key that was sent; None where none was. Raises AuthenticationFailed (401) for one that is not good."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        bearer = _BEARER.fullmatch(header)
        key = ApiKey.objects.usable(bearer[1], at=timezone.now()) if bearer else None
        if key is None:
            raise AuthenticationFailed(_REFUSED)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """Names the scheme, without which DRF would answer 403 in place of 401."""
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """The key's scopes include what the view asks for this method (its `scopes`)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether there is a key at all; raises LacksScope where it is not good for this."""
        if not isinstance(request.auth, ApiKey):
            return False
        scope = view.scopes.get(request.method)  # type: ignore[attr-defined]  # all views of this API have them
        if scope and not request.auth.may(scope):
            raise LacksScope(scope)
        return True


def author(request: Request) -> str:
    """How histories name who asks, once HasScope has let the request in."""
    assert isinstance(request.auth, ApiKey)
    return request.auth.as_author


class PerKey(SimpleRateThrottle):
    """So many requests a minute for each key, counted by each process that answers."""

    rate = "600/min"
    scope = "api"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Whose requests are counted together."""
        return f"api-requests-{request.auth.prefix}" if isinstance(request.auth, ApiKey) else None


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes all this."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """OpenAPI's words for a bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A key of manage.py create_api_key or the admin."}

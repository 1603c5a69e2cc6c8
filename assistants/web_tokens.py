"""Short-lived tokens with which a browser may start one assistant from one site, in place of the public key.

https://docs.vapi.ai/customization/jwt-authentication: HS256, signed with the private key.
"""

from datetime import datetime, timedelta
from typing import Any

import jwt
from django.conf import settings

from assistants.web_calls import StartArguments

LIFETIME = timedelta(minutes=10)


class CannotSign(Exception):
    """A setting is missing; the sentence says which."""


def sign_web_token(arguments: StartArguments, *, origin: str, at: datetime) -> str:
    """A token that Vapi takes for ten minutes, from pages of `origin` only. Raises CannotSign.

    A saved assistant is the only one that it starts. For whole assistants and squads Vapi knows no such restriction:
    there the origin and the time have to do.
    """
    for name in ("VAPI_ORG_ID", "VAPI_API_KEY"):
        if not getattr(settings, name):
            raise CannotSign(f"{name} is not set, and without it no token can be signed: see the README.")
    restrictions: dict[str, Any] = {"enabled": True, "allowedOrigins": [origin]}
    if isinstance(arguments.assistant, str):
        restrictions |= {"allowedAssistantIds": [arguments.assistant], "allowTransientAssistant": False}
    claims = {
        "orgId": settings.VAPI_ORG_ID,
        "token": {"tag": "public", "restrictions": restrictions},
        "iat": at,
        "exp": at + LIFETIME,
    }
    return jwt.encode(claims, settings.VAPI_API_KEY, algorithm="HS256")

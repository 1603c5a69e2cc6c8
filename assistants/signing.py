"""Short signatures by which we know again what this server itself has written: HMAC-SHA-256 (RFC 2104), shortened.

The keys come from SECRET_KEY, one for each purpose; SECRET_KEY_FALLBACKS still prove, so that a key can be changed.
"""

import base64
import hmac
from functools import cache

from django.conf import settings

# 128 bits: nobody guesses one, and it leaves room in metadata and headers.
_BYTES = 16


def signature(purpose: str, *parts: str) -> str:
    """22 URL-safe characters that only this server can make for these parts.

    All parts but the last must be without U+0000, which stands between them.
    """
    return _signature(settings.SECRET_KEY, purpose, parts)


def is_signature(presented: str, purpose: str, *parts: str) -> bool:
    """Whether this server made `presented` for these parts; compared in constant time."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    given = presented.encode("utf-8", "replace")
    matches = [hmac.compare_digest(given, _signature(secret, purpose, parts).encode()) for secret in secrets]
    return any(matches)


def _signature(secret: str, purpose: str, parts: tuple[str, ...]) -> str:
    signed = hmac.digest(_key(secret, purpose), "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(signed[:_BYTES]).decode().rstrip("=")


@cache
def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")

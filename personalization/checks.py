"""What `manage.py check --deploy` says about how this server is protected."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

_LEAST_BYTES = 16
_LEAST_VARIETY = 8
_HINT = "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"


def webhook_secrets(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Warns where no secret, only a weak one, or one that cannot be sent, stands between the webhook and the world."""
    return [*_missing(), *_weak(), *_timeless(), *_lost_on_the_way()]


def _missing() -> Iterator[CheckMessage]:
    if not settings.VAPI_WEBHOOK_SECRETS and not settings.VAPI_HMAC.keys:
        sentence = "Neither VAPI_WEBHOOK_SECRETS nor VAPI_HMAC_SECRETS is set: the webhook refuses every message."
        yield Warning(sentence, hint=_HINT, id="personalization.W001")


def _weak() -> Iterator[CheckMessage]:
    secrets = {
        "VAPI_WEBHOOK_SECRETS": [secret.encode() for secret in settings.VAPI_WEBHOOK_SECRETS],
        "VAPI_HMAC_SECRETS": settings.VAPI_HMAC.keys,
    }
    for name, values in secrets.items():
        for position, value in enumerate(values, start=1):
            if is_weak(value):
                sentence = f"Secret {position} in {name} can be guessed: it is short, or repeats a few characters."
                yield Warning(sentence, hint=_HINT, id="personalization.W002")


def _timeless() -> Iterator[CheckMessage]:
    if settings.VAPI_HMAC.keys and not settings.VAPI_HMAC.is_timed:
        sentence = (
            "VAPI_HMAC_PAYLOAD_FORMAT has no {timestamp}: who records a signed message can send it again for ever."
        )
        hint = "Let Vapi's credential include the timestamp, as in {timestamp}.{body}."
        yield Warning(sentence, hint=hint, id="personalization.W003")


def _lost_on_the_way() -> Iterator[CheckMessage]:
    for position, secret in enumerate(settings.VAPI_WEBHOOK_SECRETS, start=1):
        if not (secret.isascii() and secret.isprintable()):
            sentence = f"Secret {position} in VAPI_WEBHOOK_SECRETS holds characters that HTTP headers do not carry."
            yield Warning(sentence, hint=_HINT, id="personalization.W004")


def is_weak(secret: bytes) -> bool:
    """Whether somebody could guess it: fewer than 16 bytes, or fewer than 8 different ones."""
    return len(secret) < _LEAST_BYTES or len(set(secret)) < _LEAST_VARIETY

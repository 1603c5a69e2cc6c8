"""The VAPI_HMAC_… settings as one scheme: a bad value stops the start with one sentence."""

import re
from typing import Literal, cast

from django.core.exceptions import ImproperlyConfigured

from personalization import environment
from personalization.signatures import (
    ALGORITHMS,
    ENCODINGS,
    PLACEHOLDERS,
    SignatureScheme,
    key_from_base64,
    unknown_placeholders,
)

_HEADER = re.compile(r"[A-Za-z0-9-]+")


def signature_scheme() -> SignatureScheme:
    """How Vapi's messages are signed, as the environment says."""
    return SignatureScheme(
        keys=_keys("VAPI_HMAC_SECRETS", are_base64=environment.boolean("VAPI_HMAC_SECRETS_BASE64", default=False)),
        algorithm=environment.choice("VAPI_HMAC_ALGORITHM", ALGORITHMS),
        signature_header=_header("VAPI_HMAC_SIGNATURE_HEADER", "x-signature"),
        timestamp_header=_header("VAPI_HMAC_TIMESTAMP_HEADER", "x-timestamp"),
        message_id_header=_header("VAPI_HMAC_MESSAGE_ID_HEADER", "svix-id"),
        payload_format=_payload_format("VAPI_HMAC_PAYLOAD_FORMAT", "{timestamp}.{body}"),
        encoding=cast('Literal["hex", "base64"]', environment.choice("VAPI_HMAC_ENCODING", ENCODINGS)),
        prefix=_prefix("VAPI_HMAC_PREFIX"),
        tolerance_s=environment.whole_number("VAPI_HMAC_TOLERANCE_S", 300, low=1, high=86_400),
    )


def _keys(name: str, *, are_base64: bool) -> tuple[bytes, ...]:
    """A secret that begins with `whsec_` is Base64 whatever the setting says: Standard Webhooks writes them so."""
    secrets = environment.secrets(name)
    try:
        return tuple(
            key_from_base64(secret) if are_base64 or secret.startswith("whsec_") else secret.encode()
            for secret in secrets
        )
    except ValueError:  # its message might repeat the secret
        raise ImproperlyConfigured(
            f"{name} holds a secret that is not Base64, which VAPI_HMAC_SECRETS_BASE64 or its whsec_ says it is."
        ) from None


def _header(name: str, default: str) -> str:
    value = environment.text(name, default).lower()
    if not _HEADER.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be a header's name such as {default}, not {value!r}.")
    return value


def _payload_format(name: str, default: str) -> str:
    value = environment.text(name, default)
    if unknown := unknown_placeholders(value):
        raise ImproperlyConfigured(f"{name} may hold {', '.join(PLACEHOLDERS)}, and not {unknown[0]}.")
    if "{body}" not in value:
        raise ImproperlyConfigured(
            f"{name} must hold {{body}}: a signature that does not cover the message proves nothing."
        )
    return value


def _prefix(name: str) -> str:
    value = environment.text(name)
    if re.search(r"\s", value):
        raise ImproperlyConfigured(f"{name} must not hold blanks: they stand between several signatures.")
    return value

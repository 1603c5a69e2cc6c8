"""Signed messages: HMAC over the raw bytes, as Vapi's custom credentials make them (plain Python, no Django).

https://docs.vapi.ai/server-url/server-authentication, and https://www.standardwebhooks.com for the settings named after
it: any header names, several signatures in one header, keys in Base64.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

ALGORITHMS = ("sha256", "sha512", "sha1")
ENCODINGS = ("hex", "base64")
PLACEHOLDERS = ("{timestamp}", "{body}", "{svix-id}", "{method}")

_PLACEHOLDER = re.compile(r"(\{[^{}]*\})")
_TIMESTAMP = re.compile(r"[0-9]{1,16}(\.[0-9]{1,9})?", re.ASCII)
# As seconds the year 5138, as milliseconds 1973: no sender means the wrong one of the two.
_FIRST_IN_MILLISECONDS = 10**11


@dataclass(frozen=True, slots=True)
class SignatureScheme:
    """How messages are signed; without keys, nothing is accepted.

    `keys` stand newest first; `payload_format` is what is signed, with any of PLACEHOLDERS in it; `prefix` stands in
    front of each signature, as in `sha256=…` or `v1,…`; a timestamp may be off by `tolerance_s` in both directions.
    """

    keys: tuple[bytes, ...] = ()
    algorithm: str = "sha256"
    signature_header: str = "x-signature"
    timestamp_header: str = "x-timestamp"
    message_id_header: str = "svix-id"
    payload_format: str = "{timestamp}.{body}"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    tolerance_s: int = 300

    @property
    def is_timed(self) -> bool:
        """Whether the signature covers a timestamp, so that an old message cannot be sent again for ever."""
        return "{timestamp}" in self.payload_format


def signer(scheme: SignatureScheme, *, headers: Mapping[str, str], body: Callable[[], bytes], at: float) -> int | None:
    """The position, from 0, of the key that signed a POST with these headers; None where none of them did.

    `headers` finds a name in lower case and holds Latin-1, as WSGI does; `body` reads the raw bytes and is asked only
    once the headers could be a signed message's; `at` is the time in seconds since 1970.
    """
    presented = _presented(scheme, headers.get(scheme.signature_header, ""))
    timestamp = headers.get(scheme.timestamp_header, "")
    if not scheme.keys or not presented or (scheme.is_timed and not _is_recent(timestamp, at, scheme.tolerance_s)):
        return None
    message_id = headers.get(scheme.message_id_header, "")
    if "{svix-id}" in scheme.payload_format and not message_id:
        return None
    payload = _payload(scheme, timestamp=timestamp, message_id=message_id, body=body())
    matches = [_is_among(presented, hmac.digest(key, payload, scheme.algorithm)) for key in scheme.keys]
    return matches.index(True) if any(matches) else None


def signed_headers(scheme: SignatureScheme, *, body: bytes, message_id: str, at: float) -> dict[str, str]:
    """The headers with which `body` passes for a message signed with the newest key at `at`, seconds since 1970."""
    timestamp = str(int(at))
    payload = _payload(scheme, timestamp=timestamp, message_id=message_id, body=body)
    digest = hmac.digest(scheme.keys[0], payload, scheme.algorithm)
    signature = digest.hex() if scheme.encoding == "hex" else base64.b64encode(digest).decode()
    return {
        scheme.signature_header: scheme.prefix + signature,
        scheme.timestamp_header: timestamp,
        scheme.message_id_header: message_id,
    }


def unknown_placeholders(payload_format: str) -> list[str]:
    """The placeholders in the format for which this server has no value."""
    return [part for part in _PLACEHOLDER.findall(payload_format) if part not in PLACEHOLDERS]


def key_from_base64(secret: str) -> bytes:
    """The key that a Base64 secret stands for, with or without `whsec_` and padding. Raises ValueError."""
    text = secret.removeprefix("whsec_").rstrip("=")
    key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if not key:
        raise ValueError("empty")
    return key


def _presented(scheme: SignatureScheme, header: str) -> list[bytes]:
    """The digests in the header, of which there may be several, separated by blanks; all else is left out."""
    size = hashlib.new(scheme.algorithm).digest_size
    signatures = [word.removeprefix(scheme.prefix) for word in header.split() if word.startswith(scheme.prefix)]
    digests = [_decoded(signature, scheme.encoding) for signature in signatures]
    return [digest for digest in digests if len(digest) == size]


def _decoded(signature: str, encoding: str) -> bytes:
    try:
        return bytes.fromhex(signature) if encoding == "hex" else base64.b64decode(signature, validate=True)
    except ValueError:
        return b""


def _is_recent(timestamp: str, at: float, tolerance_s: int) -> bool:
    """Whether the timestamp is digits, in seconds or milliseconds, and neither too old nor too far ahead."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return False
    moment = float(timestamp)
    return abs(at - (moment if moment < _FIRST_IN_MILLISECONDS else moment / 1000)) <= tolerance_s


def _payload(scheme: SignatureScheme, *, timestamp: str, message_id: str, body: bytes) -> bytes:
    """The signed bytes; a value that looks like a placeholder is not looked at again."""
    values = {
        "{timestamp}": timestamp.encode("latin-1", "replace"),
        "{svix-id}": message_id.encode("latin-1", "replace"),
        "{method}": b"POST",
        "{body}": body,
    }
    return b"".join(values.get(part, part.encode()) for part in _PLACEHOLDER.split(scheme.payload_format))


def _is_among(presented: list[bytes], digest: bytes) -> bool:
    matches = [hmac.compare_digest(each, digest) for each in presented]
    return any(matches)

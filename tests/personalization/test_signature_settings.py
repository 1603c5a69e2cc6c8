"""The VAPI_HMAC_… settings: what they mean, and that a malformed one is named."""

import base64
import hashlib

import pytest
from django.core.exceptions import ImproperlyConfigured

from personalization.signature_settings import signature_scheme
from personalization.signatures import SignatureScheme, key_from_base64

# https://github.com/standard-webhooks/standard-webhooks, the test of each of its libraries.
STANDARD = SignatureScheme(
    keys=(key_from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),),
    signature_header="webhook-signature",
    timestamp_header="webhook-timestamp",
    message_id_header="webhook-id",
    payload_format="{svix-id}.{timestamp}.{body}",
    encoding="base64",
    prefix="v1,",
)


def test_standard_webhooks_are_set_up_by_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SECRETS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "SIGNATURE_HEADER": "Webhook-Signature",
        "TIMESTAMP_HEADER": "webhook-timestamp",
        "MESSAGE_ID_HEADER": "webhook-id",
        "PAYLOAD_FORMAT": "{svix-id}.{timestamp}.{body}",
        "ENCODING": "base64",
        "PREFIX": "v1,",
        "SECRETS_BASE64": "true",
    }.items():
        monkeypatch.setenv(f"VAPI_HMAC_{name}", value)
    assert signature_scheme() == STANDARD


def test_base64_secrets_are_decoded_with_and_without_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    key = hashlib.sha256(b"key").digest()
    encoded = base64.b64encode(key).decode()
    monkeypatch.setenv("VAPI_HMAC_SECRETS", f"{encoded},{encoded.rstrip('=')},whsec_{encoded}")
    monkeypatch.setenv("VAPI_HMAC_SECRETS_BASE64", "true")
    assert signature_scheme().keys == (key, key, key)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("ALGORITHM", "md5", "must be sha256, sha512 or sha1, not 'md5'"),
        ("ENCODING", "base32", "must be hex or base64"),
        ("TOLERANCE_S", "soon", "must be a whole number"),
        ("TOLERANCE_S", "0", "must be a whole number from 1"),
        ("SIGNATURE_HEADER", "x signature", "must be a header's name such as x-signature"),
        ("TIMESTAMP_HEADER", "x_timestamp", "must be a header's name such as x-timestamp"),
        ("MESSAGE_ID_HEADER", "é", "must be a header's name such as svix-id"),
        ("PAYLOAD_FORMAT", "{timestamp}", "must hold {body}"),
        ("PAYLOAD_FORMAT", "{url}.{body}", "and not {url}"),
        ("PREFIX", "v1, v2,", "must not hold blanks"),
        ("SECRETS", "a,,b", "holds an empty secret"),
        ("SECRETS", "whsec_not base64!", "holds a secret that is not Base64"),
        ("SECRETS", "whsec_", "holds a secret that is not Base64"),
        ("SECRETS_BASE64", "perhaps", "must be true or false"),
    ],
)
def test_a_malformed_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str) -> None:
    monkeypatch.setenv(f"VAPI_HMAC_{name}", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        signature_scheme()
    assert f"VAPI_HMAC_{name} " in str(refusal.value)
    assert complaint in str(refusal.value)
    assert "not base64!" not in str(refusal.value)

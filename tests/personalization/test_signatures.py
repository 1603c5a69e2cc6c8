"""Signed messages: known vectors, tampering, clocks, and rotation."""

import hmac
import time
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer

from personalization import rotation
from personalization.environment import BASE_DIR
from personalization.signatures import SignatureScheme, key_from_base64, signed_headers, signer
from tests.conftest import Answer, request

NOW = 1_614_265_330
BODY = b'{"message": {"type": "status-update", "status": "ringing"}}'
VAPI = SignatureScheme(keys=(b"new-key", b"old-key"))
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
STANDARD_BODY = b'{"test": 2432232314}'
STANDARD_HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def who_signed(scheme: SignatureScheme, headers: dict[str, str], body: bytes = BODY, at: float = NOW) -> int | None:
    return signer(scheme, headers=headers, body=lambda: body, at=at)


def by_hand(timestamp: str, *, key: bytes = b"new-key", algorithm: str = "sha256") -> dict[str, str]:
    """As Vapi's documentation describes its own signing."""
    signature = hmac.new(key, f"{timestamp}.".encode() + BODY, algorithm).hexdigest()
    return {"x-timestamp": timestamp, "x-signature": signature}


def test_the_vector_of_standard_webhooks_is_accepted() -> None:
    assert who_signed(STANDARD, STANDARD_HEADERS, STANDARD_BODY) == 0
    assert who_signed(STANDARD, STANDARD_HEADERS, STANDARD_BODY + b" ") is None


def test_one_right_signature_among_several_is_enough() -> None:
    several = f"v1,AAAA v2,{'A' * 43}= v1a,x {STANDARD_HEADERS['webhook-signature']}"
    assert who_signed(STANDARD, STANDARD_HEADERS | {"webhook-signature": several}, STANDARD_BODY) == 0
    without_prefix = STANDARD_HEADERS["webhook-signature"].removeprefix("v1,")
    assert who_signed(STANDARD, STANDARD_HEADERS | {"webhook-signature": without_prefix}, STANDARD_BODY) is None


def test_the_vector_of_github_is_accepted() -> None:
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    scheme = SignatureScheme(
        keys=(b"It's a Secret to Everybody",), payload_format="{body}", prefix="sha256=", signature_header="x-hub"
    )
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert who_signed(scheme, {"x-hub": signature}, b"Hello, World!") == 0
    assert who_signed(scheme, {"x-hub": signature.upper().replace("SHA256", "sha256")}, b"Hello, World!") == 0
    assert who_signed(scheme, {"x-hub": signature}, b"Hello, World?") is None


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha1"])
def test_each_algorithm_is_taken_only_where_it_is_set(algorithm: str) -> None:
    headers = by_hand(str(NOW), algorithm=algorithm)
    accepting = [
        name for name in ("sha256", "sha512", "sha1") if who_signed(replace(VAPI, algorithm=name), headers) == 0
    ]
    assert accepting == [algorithm]


def test_each_key_is_accepted_and_known_by_its_position() -> None:
    assert who_signed(VAPI, by_hand(str(NOW), key=b"new-key")) == 0
    assert who_signed(VAPI, by_hand(str(NOW), key=b"old-key")) == 1
    assert who_signed(VAPI, by_hand(str(NOW), key=b"retired-key")) is None
    assert who_signed(replace(VAPI, keys=()), by_hand(str(NOW), key=b"")) is None


@pytest.mark.parametrize(("off_by", "accepted"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_the_clocks_may_differ_by_the_tolerance_in_both_directions(off_by: int, accepted: bool) -> None:
    assert (who_signed(VAPI, by_hand(str(NOW + off_by))) == 0) is accepted
    assert (who_signed(VAPI, by_hand(str((NOW + off_by) * 1000))) == 0) is accepted


@pytest.mark.parametrize(
    "timestamp",
    [
        *("", " ", "nan", "NaN", "inf", "-inf", "Infinity", "1e9", "1614265330.", "0x6038b3f2", "1_614_265_330"),
        *("-1614265330", "+1614265330", "1614265330 ", "0", "9" * 16, "9" * 400, "2021-02-25T15:02:10Z", "١٦١٤٢٦٥٣٣٠"),
    ],
)
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    assert who_signed(VAPI, by_hand(timestamp)) is None


def test_a_fraction_of_a_second_is_a_time() -> None:
    assert who_signed(VAPI, by_hand("1614265330.25")) == 0


@given(position=st.integers(0, len(BODY) - 1), change=st.integers(1, 255))
def test_no_byte_of_the_body_can_be_changed(position: int, change: int) -> None:
    tampered = bytearray(BODY)
    tampered[position] ^= change
    assert who_signed(VAPI, by_hand(str(NOW)), bytes(tampered)) is None


@given(name=st.sampled_from(["x-timestamp", "x-signature"]), value=st.text(max_size=70))
def test_no_header_can_be_changed(name: str, value: str) -> None:
    headers = by_hand(str(NOW))
    if value.split() != headers[name].split():
        assert who_signed(VAPI, headers | {name: value}) is None


@given(body=st.binary(max_size=200), message_id=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_what_we_sign_we_accept(body: bytes, message_id: str) -> None:
    for scheme in (VAPI, STANDARD, replace(VAPI, payload_format="{method}|{svix-id}|{body}|{timestamp}")):
        headers = signed_headers(scheme, body=body, message_id=message_id, at=NOW)
        assert who_signed(scheme, headers, body) == 0


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    headers = signed_headers(STANDARD, body=b"b", message_id="{body}", at=NOW)
    assert who_signed(STANDARD, headers, b"b") == 0
    assert who_signed(STANDARD, headers | {"webhook-id": "b"}, b"b") is None


def test_a_missing_message_id_is_refused_where_it_is_signed() -> None:
    headers = signed_headers(STANDARD, body=BODY, message_id="", at=NOW)
    assert who_signed(STANDARD, headers) is None


def test_a_body_is_read_only_behind_headers_that_could_be_right() -> None:
    def refuse() -> bytes:
        raise AssertionError("the body was read")

    for headers in ({}, {"x-signature": "ab"}, by_hand(str(NOW)) | {"x-signature": "z" * 64}, by_hand("1")):
        assert signer(VAPI, headers=headers, body=refuse, at=NOW) is None


@pytest.fixture
def signed_door(settings: Any) -> Iterator[SignatureScheme]:
    """The webhook with signatures only."""
    settings.VAPI_WEBHOOK_SECRETS = []
    settings.VAPI_HMAC = VAPI
    rotation.last_used.clear()
    yield VAPI
    rotation.last_used.clear()


def knock(headers: dict[str, str], body: bytes = BODY) -> Answer:
    return request(body=body, headers=headers)


def test_a_signed_message_comes_in(signed_door: SignatureScheme) -> None:
    assert knock(by_hand(str(int(time.time())))).status == 200


def test_which_secret_is_still_in_use_is_known(signed_door: SignatureScheme, settings: Any) -> None:
    before = time.time()
    knock(by_hand(str(int(time.time())), key=b"old-key"))
    knock(by_hand(str(int(time.time())), key=b"retired-key"))
    assert list(rotation.last_used) == [("signature", 2)]
    settings.VAPI_WEBHOOK_SECRETS = ["new-secret", "old-secret"]
    knock({"X-Vapi-Secret": "old-secret"})
    assert list(rotation.last_used) == [("signature", 2), ("secret", 2)]
    assert rotation.last_used["secret", 2] >= before


def test_the_signature_covers_the_bytes_and_not_their_meaning(signed_door: SignatureScheme) -> None:
    headers = by_hand(str(int(time.time())))
    answer = knock(headers, BODY.replace(b": ", b":"))
    assert (answer.status, answer.body) == (401, b"")


def test_what_is_badly_signed_is_refused_before_it_is_parsed(signed_door: SignatureScheme, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        answers = [
            knock(by_hand("1")),
            knock({"x-signature": "ab" * 32}, b"{"),
            knock({"x-signature": "é"}, b"[" * 10**5),
        ]
    assert [(answer.status, answer.body) for answer in answers] == [(401, b"")] * 3
    assert len(queries) == 0


def test_a_signed_body_that_is_no_json_gets_its_own_answer(signed_door: SignatureScheme) -> None:
    headers = signed_headers(VAPI, body=b"{", message_id="m", at=time.time())
    assert knock(headers, b"{").status == 400


def test_a_signed_body_may_not_be_larger_than_any_other(signed_door: SignatureScheme, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert knock(by_hand(str(int(time.time())))).status == 413


@pytest.mark.django_db(transaction=True)
def test_a_replayed_message_is_signed(signed_door: SignatureScheme, live_server: LiveServer) -> None:
    said = StringIO()
    path = BASE_DIR / "tests" / "payloads" / "status-update.json"
    call_command("replay_message", str(path), url=live_server.url, stdout=said)
    assert "The server answered with status 200." in said.getvalue()

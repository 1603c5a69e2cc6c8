"""Is this request from Vapi? None, wrong, retired and new secrets, in both headers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import SECRET, post, request

MESSAGE = {"message": {"type": "status-update", "status": "ringing"}}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Vapi-Secret": "new-secret"},
        {"X-Vapi-Secret": "old-secret"},
        {"Authorization": "Bearer new-secret"},
        {"Authorization": "bearer   old-secret"},
        {"X-Vapi-Secret": "wrong", "Authorization": "Bearer new-secret"},
    ],
)
def test_each_configured_secret_opens_the_door(headers: dict[str, str]) -> None:
    assert post(MESSAGE, headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Vapi-Secret": ""},
        {"X-Vapi-Secret": "wrong"},
        {"X-Vapi-Secret": "new-secret,old-secret"},
        {"X-Vapi-Secret": "new-secret "[:-2]},
        {"X-Vapi-Secret": "g\u00fcltig"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic new-secret"},
        {"Authorization": "new-secret"},
    ],
)
def test_anything_else_is_refused_without_a_word(headers: dict[str, str]) -> None:
    answer = post(MESSAGE, headers)
    assert (answer.status, answer.body) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_strangers_make_the_database_do_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert post({"message": {"type": "assistant-request"}}, {}).status == 401
    assert len(queries) == 0


def test_strangers_learn_nothing_from_broken_bodies() -> None:
    assert request(body=b"{", headers={}).status == 401
    assert request("GET", headers={}).status == 401


def test_a_secret_beyond_ascii_is_compared_as_bytes(settings: object) -> None:
    settings.VAPI_WEBHOOK_SECRETS = ["schlüssel"]  # type: ignore[attr-defined]  # pytest-django's settings have any name
    sent = "schlüssel".encode().decode("latin-1")
    assert post(MESSAGE, {"X-Vapi-Secret": sent}).status == 200


def test_without_secrets_nobody_gets_in(settings: object) -> None:
    settings.VAPI_WEBHOOK_SECRETS = []  # type: ignore[attr-defined]  # pytest-django's settings have any name
    assert post(MESSAGE, SECRET).status == 401

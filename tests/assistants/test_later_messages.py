"""The word that an answer gives out opens the door for one call and a day, and nobody else can make one."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from assistants.later_messages import call_of, new_word, this_server

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOW = AT.timestamp()
WORD = new_word("call-1", at=AT)
END, SIGNATURE, TOLD = WORD.split(".")
OTHER = base64.urlsafe_b64encode(b"call-2").decode().rstrip("=")


def test_a_word_is_about_one_call_until_its_day_is_over() -> None:
    assert call_of(WORD, at=NOW) == "call-1"
    assert call_of(WORD, at=NOW + 24 * 3600) == "call-1"
    assert call_of(WORD, at=NOW + 24 * 3600 + 1) == ""


@pytest.mark.parametrize("call_id", ["é", "a.b", "\0", "x" * 200, "\ud800"])
def test_any_call_can_have_one(call_id: str) -> None:
    assert call_of(new_word(call_id, at=AT), at=NOW) == call_id


@pytest.mark.parametrize(
    "forged",
    [
        *("", "new-secret", "..", WORD[1:], WORD[:-1], f"{WORD}A", f"{WORD}\n", WORD.swapcase(), "é" * 90),
        f"{END}.{SIGNATURE}.{OTHER}",
        f"{int(END) + 1}.{SIGNATURE}.{TOLD}",
        f"{END}.{'A' * 22}.{TOLD}",
        f"{END}.{SIGNATURE}.{'A' * 1200}",
        f"{END}.{SIGNATURE}.{TOLD[:-3]}",
    ],
)
def test_what_this_server_did_not_make_is_about_no_call(forged: str) -> None:
    assert call_of(forged, at=NOW) == ""


def test_without_an_address_or_an_id_vapi_is_told_nothing(settings: Any) -> None:
    assert this_server("call-1", at=AT) is None
    settings.PUBLIC_URL = "https://voice.example.com"
    assert this_server("call-1", at=AT) == {
        "url": "https://voice.example.com/api/assistant-selector",
        "headers": {"Authorization": f"Bearer {WORD}"},
    }
    assert this_server("", at=AT) is this_server("x" * 201, at=AT) is None

"""What a caller hears first, as it stands in the answer that Vapi gets."""

from typing import Any

import pytest

from personalization.simulation_greeting import greeting

VALUES = {"customerName": "Ada Example", "accountType": "gold"}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"assistant": {"firstMessage": "Hello Ada!"}, "assistantOverrides": {}}, "Hello Ada!"),
        ({"assistant": {"firstMessage": "Hi!"}, "assistantOverrides": {"firstMessage": "Hello!"}}, "Hello!"),
        (
            {
                "assistantId": "asst_vip",
                "assistantOverrides": {"firstMessage": "Hello {{ customerName }}!", "variableValues": VALUES},
            },
            "Hello Ada Example!",
        ),
        (
            {"squad": {"members": [{"assistant": {"firstMessage": "First!"}}, {"assistant": {"firstMessage": "No"}}]}},
            "First!",
        ),
        ({"squad": {"members": [{"assistantId": "a", "assistantOverrides": {"firstMessage": "First!"}}]}}, "First!"),
        ({"error": "We cannot take your call."}, "We cannot take your call."),
    ],
)
def test_the_first_words(answer: dict[str, Any], text: str) -> None:
    assert greeting(answer).text == text


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ({"assistantId": "asst_vip", "assistantOverrides": {}}, "as what is saved at Vapi says"),
        ({"assistant": {"model": {}}, "assistantOverrides": {}}, "as Vapi's own default says"),
        ({"squad": {"members": []}}, "as Vapi's own default says"),
        (
            {"assistant": {"firstMessage": "Hi", "firstMessageMode": "assistant-waits-for-user"}},
            "says nothing until the caller has spoken",
        ),
        (
            {"destination": {"type": "number", "number": "+13035550123", "extension": "7", "message": ""}},
            "handed on to +13035550123, extension 7,",
        ),
        ({"destination": {"type": "sip", "sipUri": "sip:desk@example.com", "message": ""}}, "sip:desk@example.com"),
    ],
)
def test_where_this_server_knows_no_words_it_says_why(answer: dict[str, Any], note: str) -> None:
    heard = greeting(answer)
    assert heard.text == ""
    assert note in heard.note


def test_what_vapi_fills_in_is_left_and_said() -> None:
    overrides = {"firstMessage": "It is {{now}}, {{customerName | upcase}}.", "variableValues": VALUES}
    heard = greeting({"assistantId": "asst_vip", "assistantOverrides": overrides})
    assert heard.text == "It is {{now}}, {{customerName | upcase}}."
    assert heard.note == "What still stands between braces is for Vapi to fill in."

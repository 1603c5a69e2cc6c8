"""What must be said first is said first, whoever talks."""

from typing import Any

import pytest

from assistants.outbound_notice import say_first
from assistants.outbound_permission import NotAllowed

NOTICE = "This is an assistant."
SAVED = {"asst_vip": {"firstMessage": "Hello!"}, "asst_waits": {"firstMessageMode": "assistant-waits-for-user"}}


def said(reply: dict[str, Any]) -> dict[str, Any]:
    say_first(NOTICE, reply, saved_assistant=lambda vapi_id: {"id": vapi_id, **SAVED[vapi_id]})
    return reply


def overrides(reply: dict[str, Any]) -> Any:
    return said({"assistantOverrides": {}, **reply})["assistantOverrides"]


@pytest.mark.parametrize(
    ("reply", "first"),
    [
        ({"assistant": {"firstMessage": "Hello {{name}}!"}}, f"{NOTICE} Hello {{{{name}}}}!"),
        ({"assistant": {"model": {}}}, NOTICE),
        ({"assistantId": "asst_vip"}, f"{NOTICE} Hello!"),
        ({"assistantId": "asst_vip", "assistantOverrides": {"firstMessage": "Hi!"}}, f"{NOTICE} Hi!"),
        ({"assistantId": "asst_waits"}, NOTICE),
        ({"assistant": {"firstMessage": "x", "firstMessageMode": "assistant-waits-for-user"}}, NOTICE),
    ],
)
def test_an_assistant_says_it_first(reply: dict[str, Any], first: str) -> None:
    assert overrides(reply) == {"firstMessage": first, "firstMessageMode": "assistant-speaks-first"}


def test_the_first_of_a_squad_says_it_and_nobody_else() -> None:
    members = [{"assistantId": "asst_vip"}, {"assistant": {"firstMessage": "Sales."}}]
    squad = said({"squad": {"members": members}, "squadOverrides": {}})["squad"]
    assert squad["members"][0]["assistantOverrides"]["firstMessage"] == f"{NOTICE} Hello!"
    assert "assistantOverrides" not in squad["members"][1]


def test_what_every_member_says_begins_with_it() -> None:
    reply = said({"squad": {"members": [{"assistantId": "asst_vip"}]}, "squadOverrides": {"firstMessage": "Hi!"}})
    assert reply["squadOverrides"]["firstMessage"] == f"{NOTICE} Hi!"


def test_a_saved_squad_cannot() -> None:
    with pytest.raises(NotAllowed, match="saved squad"):
        said({"squadId": "squad-1", "squadOverrides": {}})

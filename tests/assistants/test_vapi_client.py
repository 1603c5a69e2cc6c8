"""What we ask of Vapi, against a server that refuses what Vapi's SDK could not have sent."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from assistants.vapi import Vapi, VapiError, connected
from tests.vapi_fake import Answer, FakeVapi


@pytest.fixture
def client(vapi: FakeVapi) -> Iterator[Vapi]:
    with connected() as client:
        yield client


def test_every_call_is_listed_once_though_many_are_of_one_moment(vapi: FakeVapi, client: Vapi) -> None:
    for number in range(2500):
        vapi.add("call", createdAt=f"2026-11-01T09:{number // 700:02}:00.000Z")
    ids = [call["id"] for call in client.list_calls()]
    assert len(ids) == len(set(ids)) == 2500


def test_pages_follow_one_another_if_vapi_gives_the_oldest_first_too(vapi: FakeVapi, client: Vapi) -> None:
    vapi.newest_first = False
    for _ in range(2100):
        vapi.add("call")
    assert len({call["id"] for call in client.list_calls()}) == 2100


def test_a_thousand_calls_of_one_moment_do_not_go_on_for_ever(vapi: FakeVapi, client: Vapi) -> None:
    for _ in range(1000):
        vapi.add("call", createdAt="2026-11-01T09:00:00.000Z")
    assert len(list(client.list_calls())) == 1000


def test_calls_since_a_moment(vapi: FakeVapi, client: Vapi) -> None:
    vapi.add("call", createdAt="2026-10-31T23:59:59.999Z")
    late = vapi.add("call", createdAt="2026-11-01T00:00:00.000Z")
    assert list(client.list_calls(since=datetime(2026, 11, 1, tzinfo=UTC))) == [late]


def test_single_objects(vapi: FakeVapi, client: Vapi) -> None:
    call, assistant = vapi.add("call"), vapi.add("assistant", id="asst/odd id")
    assert client.get_call(call["id"]) == call
    assert client.get_assistant("asst/odd id") == assistant


def test_the_wrong_key_is_named_and_not_shown(vapi: FakeVapi, settings: Any) -> None:
    settings.VAPI_API_KEY = "pk-0123456789-abcd"
    with connected() as client, pytest.raises(VapiError, match=r"key in VAPI_API_KEY \(…abcd\)") as refused:
        client.get_call("call-1")
    assert refused.value.status == 401
    assert "0123456789" not in str(refused.value)


@pytest.mark.parametrize("key", ["", "wörd", "two words"])
def test_a_key_that_cannot_be_one_is_not_sent(vapi: FakeVapi, settings: Any, key: str) -> None:
    settings.VAPI_API_KEY = key
    with pytest.raises(VapiError, match="VAPI_API_KEY"), connected():
        pass
    assert vapi.sent == []


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda client: client.get_call("call-9"), "no call call-9"),
        (lambda client: client.delete_call("call-9"), "no call call-9"),
        (lambda client: client.get_assistant("asst-9"), "no assistant asst-9"),
        (lambda client: client.change_phone_number("pn-9", {"provider": "vapi"}), "no phone number pn-9"),
    ],
)
def test_what_is_not_there_is_named(vapi: FakeVapi, client: Vapi, ask: Callable[[Vapi], Any], what: str) -> None:
    with pytest.raises(VapiError, match=what):
        ask(client)


def test_a_refused_change_says_why(vapi: FakeVapi, client: Vapi) -> None:
    number = vapi.add("phone-number", provider="twilio")
    with pytest.raises(VapiError, match=r"\(400\): provider is not"):
        client.change_phone_number(number["id"], {"provider": "vapi"})
    vapi.invalid.clear()


@pytest.mark.parametrize("trouble", [Answer(503, {}), Answer(0, None)])
def test_questions_are_asked_again(vapi: FakeVapi, trouble: Answer) -> None:
    call, told = vapi.add("call"), list[str]()
    vapi.next_answers = [trouble]
    with connected(told.append) as client:
        assert client.get_call(call["id"]) == call
    assert len(vapi.sent) == 2
    assert "trying again in 0.5 s" in told[0]


@pytest.mark.parametrize(
    ("trouble", "sentence"), [(Answer(503, {}), "trouble of its own"), (Answer(0, None), "may have been done")]
)
def test_changes_are_not(vapi: FakeVapi, client: Vapi, trouble: Answer, sentence: str) -> None:
    number = vapi.add("phone-number", provider="vapi")
    vapi.next_answers = [trouble]
    with pytest.raises(VapiError, match=sentence):
        client.change_phone_number(number["id"], {"provider": "vapi"})
    assert len(vapi.sent) == 1


def test_a_silence_is_said_and_what_it_means(vapi: FakeVapi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistants.vapi._TIMEOUT", httpx.Timeout(0.2))
    vapi.next_answers = [Answer(204, "", after_s=0.4)]
    with connected() as client, pytest.raises(VapiError, match=r"no answer within 0\.2 s\. It may have been done"):
        client.change_phone_number("pn-1", {"provider": "vapi"})


def test_waits_as_long_as_vapi_asks_even_with_a_change(vapi: FakeVapi) -> None:
    number, told = vapi.add("phone-number", provider="vapi"), list[str]()
    vapi.next_answers = [Answer(429, {}, {"Retry-After": "0"})]
    with connected(told.append) as client:
        client.change_phone_number(number["id"], {"provider": "vapi", "name": "Support"})
    assert told == ["Vapi asks for fewer requests: trying again in 1 s."]
    assert number["name"] == "Support"


def test_does_not_wait_for_an_hour(vapi: FakeVapi, client: Vapi) -> None:
    vapi.next_answers = [Answer(429, {}, {"Retry-After": "1"}), Answer(429, {}, {"Retry-After": "3600"})]
    with pytest.raises(VapiError, match="after 1 s of waiting it wants 3600 s more") as refused:
        client.get_call("call-1")
    assert refused.value.status == 429


@pytest.mark.parametrize("body", ["<html>Hello</html>", '"a text"', '[{"no": "id"}]', "{}"])
def test_something_else_than_vapi_answers(vapi: FakeVapi, client: Vapi, body: str) -> None:
    vapi.next_answers = [Answer(200, body)]
    with pytest.raises(VapiError, match="VAPI_API_URL"):
        list(client.list_assistants())


def test_nobody_answers(settings: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        settings.VAPI_API_KEY = "private-key"
        settings.VAPI_API_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with connected() as client, pytest.raises(VapiError, match=r"cannot be reached at http://127\.0\.0\.1"):
            client.get_call("call-1")

"""The command that sends a stored Vapi message to the local server."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import SettingsWrapper
from pytest_django.live_server_helper import LiveServer

from assistants.models import Line
from customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)
PAYLOADS = Path(__file__).parent.parent / "payloads"


def test_it_shows_the_answer_and_who_decided(
    live_server: LiveServer, ada: Customer, support_line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("replay_message", str(PAYLOADS / "assistant-request.json"), "--url", live_server.url)
    out = capsys.readouterr().out
    assert out.startswith("X-Decision: line-fallback\nX-Answer-Source: live\n{")
    assert '"customerName":"Ada Example"' in out
    assert out.endswith("}\nThe server answered with status 200.\n")


@pytest.mark.parametrize("path", ["/api/assistant-selector", "/api/assistant-selector/"])
def test_the_webhook_s_address_is_taken_too(
    live_server: LiveServer, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("replay_message", str(PAYLOADS / "hang.json"), "--url", live_server.url + path)
    assert "status 200" in capsys.readouterr().out


def test_without_an_address_it_asks_the_port_of_the_setting(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(urlsplit(live_server.url).port))
    call_command("replay_message", str(PAYLOADS / "hang.json"))
    assert "status 200" in capsys.readouterr().out


def test_it_reads_standard_input(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = io.BytesIO((PAYLOADS / "hang.json").read_bytes())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(message))
    call_command("replay_message", "-", "--url", f"{live_server.url}/")
    assert capsys.readouterr().out == "{}\nThe server answered with status 200.\n"


def test_what_the_server_refuses_is_explained(live_server: LiveServer, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(CommandError, match=r"status 400\. It is no message as Vapi sends it"):
        call_command("replay_message", str(tmp_path / "list.json"), "--url", live_server.url)


def test_another_secret_is_explained(
    live_server: LiveServer, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Elsewhere:
        VAPI_WEBHOOK_SECRETS = ["another"]

    monkeypatch.setattr("personalization.management.commands.replay_message.settings", Elsewhere)
    with pytest.raises(CommandError, match=r"status 401\. It does not take this"):
        call_command("replay_message", str(PAYLOADS / "hang.json"), "--url", live_server.url)


@pytest.mark.parametrize(
    ("file", "url", "sentence"),
    [
        ("absent.json", "http://127.0.0.1:9", "absent.json cannot be read: No such file or directory."),
        (str(PAYLOADS), "http://127.0.0.1:9", "cannot be read: Is a directory."),
        (str(PAYLOADS / "hang.json"), "http://127.0.0.1:9", "http://127.0.0.1:9 does not answer"),
        (str(PAYLOADS / "hang.json"), "localhost:8000", "“localhost:8000” is not a web address such as"),
        (str(PAYLOADS / "hang.json"), "http://127.0.0.1:port", "is not a web address"),
    ],
)
def test_mistakes_are_explained(file: str, url: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("replay_message", file, "--url", url)


def test_without_a_secret_nothing_is_sent(settings: SettingsWrapper) -> None:
    settings.VAPI_WEBHOOK_SECRETS = []
    with pytest.raises(CommandError, match="Neither VAPI_WEBHOOK_SECRETS nor VAPI_HMAC_SECRETS is set"):
        call_command("replay_message", "-")

"""The printed line's way to the secret: a shell must read `.env` as the server does."""

import json
import subprocess
import time
from pathlib import Path

import environ
import pytest

from personalization import sample_call


def sent(env_file: Path, *, place: int, shell: str = "sh") -> str:
    """What a shell hands to curl at this place; `curl` is a function here that shows it."""
    script = f'curl() {{ printf %s "${{{place}}}"; }}\n{sample_call.command(8000, env_file)}'
    env = {"PATH": "/bin:/usr/bin"}
    done = subprocess.run([shell, "-c", script], cwd="/", env=env, capture_output=True, check=True)
    return done.stdout.decode()


def sent_secret(env_file: Path) -> str:
    return sent(env_file, place=7).removeprefix("X-Vapi-Secret: ")


@pytest.mark.parametrize(
    "content",
    [
        "VAPI_WEBHOOK_SECRETS=new",
        "VAPI_WEBHOOK_SECRETS=new,old",
        'VAPI_WEBHOOK_SECRETS="new,old"',
        "VAPI_WEBHOOK_SECRETS='new'",
        "export VAPI_WEBHOOK_SECRETS=new",
        "VAPI_WEBHOOK_SECRETS= new , old",
        "VAPI_WEBHOOK_SECRETS=new\r",
        "#VAPI_WEBHOOK_SECRETS=none\nOTHER_VAPI_WEBHOOK_SECRETS=none\nVAPI_WEBHOOK_SECRETS=new",
        "VAPI_WEBHOOK_SECRETS=old\nVAPI_WEBHOOK_SECRETS=new",
        "VAPI_WEBHOOK_SECRETS=a-$HOME-`b`-\\c!",
    ],
)
def test_it_sends_the_first_secret(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file = tmp_path / "it's a folder; $HOME" / ".env"
    env_file.parent.mkdir()
    env_file.write_bytes(f"SECRET_KEY=x\n{content}\nDEBUG=false\n".encode())
    settings: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", settings)
    environ.Env.read_env(env_file)
    assert sent_secret(env_file) == settings["VAPI_WEBHOOK_SECRETS"].split(",")[0].strip()


def test_a_secret_from_the_environment_is_read_there(tmp_path: Path) -> None:
    assert "${VAPI_WEBHOOK_SECRETS%%,*}" in sample_call.command(8000, tmp_path / "absent")


def test_the_secret_itself_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VAPI_WEBHOOK_SECRETS=for-nobodys-eyes\n")
    assert "for-nobodys-eyes" not in sample_call.command(8000, tmp_path / ".env")


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_each_paste_is_a_call_of_its_own(shell: str, tmp_path: Path) -> None:
    before = int(time.time())
    call = json.loads(sent(tmp_path / "absent", place=11, shell=shell))["message"]["call"]
    assert before <= int(call["id"].removeprefix("try-")) <= time.time()

"""The printed line's way to the secret: a shell must read `.env` as the server does."""

import subprocess
from pathlib import Path

import environ
import pytest

from personalization import sample_call


def sent_secret(env_file: Path) -> str:
    """What a shell puts into the header; `curl` is a function here that shows it."""
    script = f'curl() {{ printf %s "$7"; }}\n{sample_call.command(8000, env_file)}'
    done = subprocess.run(["sh", "-c", script], cwd="/", env={"PATH": "/bin:/usr/bin"}, capture_output=True, check=True)
    return done.stdout.decode().removeprefix("X-Vapi-Secret: ")


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

"""The line that `make run` prints for a second terminal: a call from one of the demo's customers."""

import json
from pathlib import Path
from shlex import quote

from assistants.later_messages import WEBHOOK
from personalization import demo

# The first of the secrets in .env, as django-environ reads it: perhaps exported, quoted, one of several.
_FIRST_SECRET = r"""s/^(export )?VAPI_WEBHOOK_SECRETS=['\" ]*([^,'\"[:space:]]+).*/\2/p"""
# The shell puts the time here, so that each paste is a call of its own in the admin.
_ID, _NEW_ID = "NEW-ID", """try-'"$(date +%s)"'"""


def command(port: int, env_file: Path) -> str:
    """One shell command, for any folder: it reads the secret from `env_file` and posts an assistant-request."""
    call = {"id": _ID, "type": "inboundPhoneCall", "customer": {"number": demo.PEOPLE[0].numbers[0]}}
    line = {"number": demo.LINES[0]["number"]}
    message = {"type": "assistant-request", "call": call, "phoneNumber": line}
    body = quote(json.dumps({"message": message})).replace(_ID, _NEW_ID)
    return (
        f"curl -sS --noproxy '*' -w '\\n' -H \"X-Vapi-Secret: {_secret(env_file)}\" "
        f"-H 'Content-Type: application/json' -d {body} http://127.0.0.1:{port}{WEBHOOK}"
    )


def _quoted(path: Path) -> str:
    """For a shell, whatever the path holds."""
    inner = str(path).replace("'", "'\"'\"'")
    return f"'{inner}'"


def _secret(env_file: Path) -> str:
    """How a shell gets at the secret, which itself is not to be seen on a screen."""
    try:
        if "VAPI_WEBHOOK_SECRETS=" in env_file.read_text("utf-8"):
            return f'$(sed -nE "{_FIRST_SECRET}" {_quoted(env_file)} | tail -n 1)'
    except OSError:
        pass
    return "${VAPI_WEBHOOK_SECRETS%%,*}"

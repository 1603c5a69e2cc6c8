import http.client
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

_PATH = "/api/assistant-selector"
_TIMEOUT_S = 10


class Command(BaseCommand):
    help = (
        "Sends a stored Vapi message to the local server, with its secret, and shows the answer: no tunnel, no phone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="A JSON file with a message as Vapi sends it; - for standard input.")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="The server's address.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VAPI_WEBHOOK_SECRETS:
            raise CommandError("VAPI_WEBHOOK_SECRETS is not set, so the server takes no message at all.")
        answer = _send(options["url"], _read(options["file"]))
        for name in ("X-Decision", "X-Answer-Source"):
            if value := answer.headers.get(name):
                self.stdout.write(f"{name}: {value}")
        self.stdout.write(answer.read().decode(errors="replace"))
        self.stdout.write(f"The server answered with status {answer.status}.")
        if answer.status >= 400:
            raise SystemExit(1)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error


def _send(url: str, body: bytes) -> http.client.HTTPResponse:
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json", "X-Vapi-Secret": settings.VAPI_WEBHOOK_SECRETS[0]}
    try:
        connection = kind(address.netloc, timeout=_TIMEOUT_S)
        connection.request("POST", address.path.rstrip("/") + _PATH, body, headers)
        return connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"{url} does not answer ({error}): is `make run` running?") from error

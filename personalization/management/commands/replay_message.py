import http.client
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistants.later_messages import WEBHOOK
from personalization import environment
from personalization.signatures import signed_headers

_TIMEOUT_S = 10
_ADVICE = {
    400: "It is no message as Vapi sends it.",
    401: "It does not take this: it runs with other VAPI_WEBHOOK_SECRETS (or VAPI_HMAC_SECRETS) than this folder has.",
    404: "This is no server of ours: check --url.",
    413: "The file is larger than any message of Vapi's.",
}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str


class Command(BaseCommand):
    help = (
        "Sends a stored Vapi message to the local server, with its secret, and shows the answer: no tunnel, no phone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="A JSON file with a message as Vapi sends it; - for standard input."
        )
        parser.add_argument(
            "--url",
            default=f"http://127.0.0.1:{environment.port()}",
            help="The server's address, or the webhook's; without it: %(default)s (PORT).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.VAPI_WEBHOOK_SECRETS and not settings.VAPI_HMAC.keys:
            raise CommandError(
                "Neither VAPI_WEBHOOK_SECRETS nor VAPI_HMAC_SECRETS is set, so the server takes no message at all."
            )
        answer = _send(_address(options["url"]), _read(options["file"]))
        for name in ("X-Decision", "X-Answer-Source"):
            if value := answer.headers.get(name):
                self.stdout.write(f"{name}: {value}")
        self.stdout.write(answer.body)
        sentence = f"The server answered with status {answer.status}."
        if answer.status >= 300:
            raise CommandError(f"{sentence} {_ADVICE.get(answer.status, '')}".strip())
        self.stdout.write(sentence)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error


def _address(url: str) -> SplitResult:
    try:
        address = urlsplit(url)
        valid = address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise CommandError(f"--url: “{url}” is not a web address such as http://127.0.0.1:8000.")
    return address


def _credentials(body: bytes) -> dict[str, str]:
    """The newest secret; where messages are signed only, a signature."""
    if settings.VAPI_WEBHOOK_SECRETS:
        return {"X-Vapi-Secret": settings.VAPI_WEBHOOK_SECRETS[0]}
    return signed_headers(settings.VAPI_HMAC, body=body, message_id="replayed", at=time.time())


def _send(address: SplitResult, body: bytes) -> _Answer:
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json"} | _credentials(body)
    try:
        with closing(kind(address.netloc, timeout=_TIMEOUT_S)) as connection:
            connection.request("POST", address.path.rstrip("/").removesuffix(WEBHOOK) + WEBHOOK, body, headers)
            response = connection.getresponse()
            return _Answer(response.status, response.headers, response.read().decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"{address.geturl()} does not answer ({error}): is `make run` running?") from error

"""A small Vapi: a real HTTP server on this machine that keeps state and takes only what Vapi's SDK could send."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pydantic

from tests.vapi_requests import Refused, check_call, check_change, filters

KEY = "private-key-of-the-tests-1234"
# The parts of the SDK that list each kind. They are read, not imported: that takes seconds and 250 MB.
_LISTS = {"assistant": "assistants", "squad": "squads", "phone-number": "phone_numbers", "call": "calls"}
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "createdAtGt": lambda made, bound: made > bound,
    "createdAtGe": lambda made, bound: made >= bound,
    "createdAtLt": lambda made, bound: made < bound,
    "createdAtLe": lambda made, bound: made <= bound,
}
_BEGINNING = datetime.fromisoformat("2026-11-01T09:00:00+00:00")


@dataclass(frozen=True)
class Sent:
    """One request that arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    byte_range: str = ""


@dataclass(frozen=True)
class Answer:
    """What goes back; status 0 closes the connection without a word."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    after_s: float = 0


@dataclass
class FakeVapi:
    """What is kept at Vapi; `next_answers` are given first, whatever is asked."""

    url: str = ""
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in _LISTS})
    sent: list[Sent] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    recordings: dict[str, bytes] = field(default_factory=dict)
    next_answers: list[Answer] = field(default_factory=list)
    newest_first: bool = True
    # So many answers get lost on their way back, after what was asked for was done.
    lost_answers: int = 0
    # Called in the middle of each request.
    meanwhile: Callable[[], object] = lambda: None
    # When a call is created.
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def add(self, kind: str, **facts: Any) -> dict[str, Any]:
        """Keeps one more object, a second younger than the one before."""
        made = _BEGINNING + timedelta(seconds=len(self.kept[kind]))
        kept = {"id": f"{kind}-{len(self.kept[kind])}", "createdAt": _iso(made)} | facts
        self.kept[kind].append(kept)
        return kept

    def page_of(self, kind: str, *places: int) -> Answer:
        """A list with the objects at these places, as an answer to come next."""
        return Answer(200, [self.kept[kind][place] for place in places])

    def changes(self) -> list[Sent]:
        """The requests that were not mere questions."""
        return [each for each in self.sent if each.method != "GET"]

    def answer(self, sent: Sent, key: str) -> Answer:
        self.sent.append(sent)
        self.meanwhile()
        if self.next_answers:
            return self.next_answers.pop(0)
        if sent.path.startswith("/store/"):
            return self._stored(sent, key)
        if key != f"Bearer {KEY}":
            return Answer(401, {"message": "Invalid Key. Hot tip, you may be using the public key instead."})
        try:
            answer = self._answer(sent)
            if sent.method == "POST" and self.lost_answers:
                self.lost_answers -= 1
                return Answer(0, None)
            return answer
        except (Refused, pydantic.ValidationError) as error:
            self.invalid.append(str(error))
            return Answer(400, {"message": [str(error)], "error": "Bad Request", "statusCode": 400})

    def _answer(self, sent: Sent) -> Answer:
        kind, vapi_id, part = [*sent.path.strip("/").split("/", 2), "", ""][:3]
        if kind not in self.kept:
            return Answer(404, {"message": f"Cannot {sent.method} {sent.path}"})
        if sent.method == "GET" and not vapi_id:
            return Answer(200, self._list(kind, sent.query))
        if sent.method == "POST" and kind == "call":
            return Answer(201, self._place(sent.body))
        kept = next((each for each in self.kept[kind] if each["id"] == unquote(vapi_id)), None)
        if kept is None:
            return Answer(404, {"message": f"Couldn't find {kind}"})
        if part == "mono-recording" and kept["id"] in self.recordings:
            # Another host than the API's, as in life, so that the key may not travel there.
            store = self.url.replace("127.0.0.1", "localhost")
            return Answer(302, "", {"Location": f"{store}/store/{vapi_id}.wav?signature=1"})
        if part:
            return Answer(404, {"message": f"Cannot {sent.method} {sent.path}"})
        if sent.method == "DELETE" and kind == "call":
            self.kept[kind].remove(kept)
            self.recordings.pop(kept["id"], None)
        if sent.method == "PATCH" and kind == "phone-number":
            check_change(kept, sent.body)
            kept |= sent.body
        return Answer(200, kept)

    def _stored(self, sent: Sent, key: str) -> Answer:
        """A recording, or a part of it, for whoever has its address; a store refuses keys of others."""
        if key:
            return Answer(400, "<Error>Only one auth mechanism allowed</Error>")
        sound = self.recordings[unquote(sent.path).removeprefix("/store/").removesuffix(".wav")]
        first, _, last = sent.byte_range.removeprefix("bytes=").partition("-")
        if not first:
            return Answer(200, sound, {"Content-Type": "audio/wav"})
        part = sound[int(first) : int(last or len(sound)) + 1]
        place = f"bytes {first}-{int(first) + len(part) - 1}/{len(sound)}"
        return Answer(206, part, {"Content-Type": "audio/wav", "Content-Range": place})

    def _place(self, body: Any) -> dict[str, Any]:
        check_call(body)
        if body["phoneNumberId"] not in {each["id"] for each in self.kept["phone-number"]}:
            raise Refused("Couldn't Get Phone Number. `phoneNumberId` does not exist.")
        status = "scheduled" if "schedulePlan" in body else "queued"
        made = _iso(self.clock())
        return self.add("call", createdAt=made, type="outboundPhoneCall", status=status, **body)

    def _list(self, kind: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        if unknown := query.keys() - filters(_LISTS[kind]):
            raise Refused(f"property {unknown} should not exist")
        limit = int(query.get("limit", 100))
        if not 0 <= limit <= 1000:
            raise Refused("limit must not be greater than 1000")
        bounds = [(holds, _iso(_moment(query[name]))) for name, holds in _COMPARISONS.items() if name in query]
        exact = {name: query[name] for name in ("phoneNumberId", "assistantId", "id") if name in query}
        kept = [each for each in self.kept[kind] if all(each.get(name) == value for name, value in exact.items())]
        found = [each for each in kept if all(holds(each["createdAt"], bound) for holds, bound in bounds)]
        return sorted(found, key=lambda each: str(each["createdAt"]), reverse=self.newest_first)[:limit]


@contextmanager
def serving() -> Iterator[FakeVapi]:
    """A Vapi that runs within; every request that it had must have been valid."""
    vapi = FakeVapi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(vapi))
    vapi.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield vapi
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
    assert not vapi.invalid


def _handler(vapi: FakeVapi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query, byte_range = dict(parse_qsl(address.query)), self.headers.get("Range", "")
            sent = Sent(self.command, address.path, query, json.loads(body or b"null"), byte_range)
            answer = vapi.answer(sent, self.headers.get("Authorization", ""))
            time.sleep(answer.after_s)
            if answer.status:
                with suppress(ConnectionError):  # who asked has given up
                    self._send(answer)

        do_PATCH = do_POST = do_DELETE = do_GET

        def _send(self, answer: Answer) -> None:
            said = answer.body if isinstance(answer.body, str | bytes) else json.dumps(answer.body)
            content = said.encode() if isinstance(said, str) else said
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{text} is not a date") from error


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

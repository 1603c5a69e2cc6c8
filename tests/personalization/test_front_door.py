"""The front door as a real server, with a small server behind it that tells what it was handed."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from assistants.later_messages import new_word
from personalization.environment import BASE_DIR
from personalization.free_port import free_port
from personalization.front import may_be_call
from personalization.other_messages import ANSWERS
from tests.conftest import SECRET
from tests.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.server


class Behind(BaseHTTPRequestHandler):
    """Tells in JSON what it was asked, and keeps the bodies.

    /slow takes a second, /moved sends elsewhere, /large is a lot.
    """

    protocol_version = "HTTP/1.1"
    bodies: ClassVar[list[bytes]] = []

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.bodies.append(body)
        if self.path == "/slow":
            time.sleep(1)
        told = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode("latin1")}
        answer = b"x" * 2_000_000 if self.path == "/large" else json.dumps(told).encode()
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere/")
        self.send_header("Set-Cookie", "one=1; HttpOnly")
        self.send_header("Set-Cookie", "two=2; Secure")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


class Door:
    """The front door's port."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> tuple[int, Any, bytes]:
        """Status, headers, body. Headers are named with _ for -."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named, encode_chunked=not isinstance(body, bytes | None))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def handed(self, path: str, **more: Any) -> Any:
        """What the server behind was asked."""
        return json.loads(self.ask(path, **more)[2])

    def raw(self, request: bytes) -> bytes:
        """What comes back on a connection on which this was sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            connection.sendall(request)
            return connection.recv(65536)

    def is_there(self) -> bool:
        """Whether it answers."""
        try:
            return self.ask("/livez")[0] == 200
        except (OSError, HTTPException):
            return False


@contextmanager
def door(app: str, folder: Path, behind: int) -> Iterator[Door]:
    """The front door `app` with the port `behind` behind it."""
    port = free_port()
    command = [sys.executable, "-m", "granian", app, "--interface", "rsgi", "--port", str(port), "--no-ws"]
    environment = os.environ | {"DATA_DIR": str(folder), "PAGES_PORT": str(behind), "PYTHONPATH": str(BASE_DIR)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=log, stderr=log)
    try:
        opened = Door(port, folder / "log")
        eventually(lambda: process.poll() is not None or opened.is_there())
        assert process.poll() is None
        yield opened
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def behind() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def front(behind: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door("personalization.front:app", tmp_path_factory.mktemp("front"), behind) as opened:
        yield opened


@pytest.fixture(scope="module")
def quick(behind: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door("tests.personalization.quick_front:app", tmp_path_factory.mktemp("quick"), behind) as opened:
        yield opened


def webhook(front: Door, message: Any, **more: Any) -> tuple[int, Any, bytes]:
    body = json.dumps({"message": message}).encode()
    return front.ask("/api/assistant-selector", method="POST", body=body, Content_Type="application/json", **more)


def test_a_call_is_answered_here(front: Door) -> None:
    status, headers, _ = webhook(front, {"type": "assistant-request"}, **SECRET)
    assert (status, headers["X-Answer-Source"]) == (200, "spoken")  # there is no copy


def test_a_message_with_the_word_of_its_call_comes_in(front: Door) -> None:
    word = {"Authorization": f"Bearer {new_word('call-1', at=timezone.now())}"}
    told = {"type": "status-update", "status": "ringing", "call": {"id": "call-1"}}
    assert webhook(front, told, **word)[0] == 200
    assert webhook(front, {**told, "call": {"id": "call-2"}}, **word)[0] == 401
    assert webhook(front, {**told, "type": "assistant-request"}, **word)[0] == 401


def test_no_answer_waits_for_the_admin_to_be_loaded() -> None:
    code = (
        "from personalization.front import app; from assistants.later_messages import this_server; import sys\n"
        "from django.utils import timezone; print(this_server('call-1', at=timezone.now())['url'])\n"
        "assert 'personalization.urls' not in sys.modules"
    )
    environment = os.environ | {"PUBLIC_URL": "https://voice.example.com"}
    told = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, env=environment, capture_output=True, check=True)
    assert told.stdout == b"https://voice.example.com/api/assistant-selector\n"


def test_a_report_of_a_failed_call_is_not_taken_for_a_call() -> None:
    assert may_be_call(b'{"message":{"type":"assistant-request"}}')
    assert not may_be_call(b'{"message":{"type":"end-of-call-report","endedReason":"assistant-request-failed"}}')


def test_what_a_call_waits_for_is_answered_like_a_call() -> None:
    assert all(may_be_call(json.dumps({"message": {"type": kind}}).encode()) for kind in ANSWERS)
    report = {"type": "end-of-call-report", "assistant": {"serverMessages": [*ANSWERS]}}
    assert not may_be_call(json.dumps({"message": report}).encode())


def test_who_is_not_vapi_hears_nothing(front: Door) -> None:
    assert webhook(front, {"type": "assistant-request"})[0] == 401


def test_pages_are_handed_on_as_they_were_asked(front: Door) -> None:
    told = front.handed("/admin/x/?q=%2B1%20a&q=b", Cookie="a=1; b=2", Accept="text/html")
    assert (told["method"], told["path"]) == ("GET", "/admin/x/?q=%2B1%20a&q=b")
    headers = {name.lower(): value for name, value in told["headers"].items()}
    assert (headers["cookie"], headers["accept"]) == ("a=1; b=2", "text/html")


def test_paths_in_other_alphabets_are_handed_on(front: Door) -> None:
    assert front.handed("/admin/caf%C3%A9%20x/")["path"] == "/admin/caf%C3%A9%20x/"
    assert b"/a?q=caf%C3%A9" in front.raw("GET /a?q=café HTTP/1.1\r\nHost: x\r\n\r\n".encode())


@pytest.mark.parametrize("path", ["/api/customers/a%2F..%2Fb", "/api/customers/a/%2e%2e/b", "/api/customers/a/../b"])
def test_dots_lead_nowhere_else(front: Door, path: str) -> None:
    assert front.handed(path)["path"] == "/api/customers/a/../b"


def test_cookies_and_redirects_come_back(front: Door) -> None:
    status, headers, _ = front.ask("/moved")
    assert (status, headers["Location"]) == (302, "/elsewhere/")
    assert headers.get_all("Set-Cookie") == ["one=1; HttpOnly", "two=2; Secure"]


def test_nobody_is_signed_in_by_somebody_elses_cookies(front: Door) -> None:
    signed_in = front.ask("/moved")[1].get_all("Set-Cookie")
    told = [front.handed("/admin/")["headers"] for _ in range(3)]
    assert signed_in
    assert all("cookie" not in map(str.lower, headers) for headers in told)


def test_nothing_is_asked_for_that_the_browser_did_not_ask_for(front: Door) -> None:
    names = {name.lower() for name in front.handed("/admin/")["headers"]}
    assert names == {"host", "accept-encoding", "x-forwarded-for"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_uploads_are_handed_on(front: Door, method: str) -> None:
    upload = b"a,b\r\n" * 200_000
    assert front.handed("/admin/import/", method=method, body=upload)["body"] == upload.decode()


def test_chunked_bodies_are_handed_on(front: Door) -> None:
    assert front.handed("/admin/import/", method="POST", body=iter([b"one,", b"two"]))["body"] == "one,two"


def test_large_answers_come_back_whole(front: Door) -> None:
    assert front.ask("/large")[2] == b"x" * 2_000_000


def test_head_comes_back_without_a_body(front: Door) -> None:
    status, headers, body = front.ask("/large", method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, "2000000", b"")


@pytest.mark.parametrize("chunked", [False, True])
def test_large_messages_are_handed_on(front: Door, chunked: bool) -> None:
    body = b"x" * 300_000
    told = front.handed("/api/assistant-selector", method="POST", body=iter([body]) if chunked else body)
    assert (told["path"], told["body"]) == ("/api/assistant-selector", body.decode())


def test_too_large_a_message_is_refused(front: Door) -> None:
    body = (b"x" * 2**20 for _ in range(34))
    status, _, said = front.ask("/api/assistant-selector", method="POST", body=body)
    assert (status, json.loads(said)) == (413, {"detail": "The body is larger than 32 MiB."})


def test_too_large_an_upload_is_refused(quick: Door) -> None:
    status, _, said = quick.ask("/admin/import/", method="POST", body=b"x" * (2**20 + 1))
    assert (status, said) == (413, b"The body is larger than 1 MiB.")
    status, _, said = quick.ask("/api/customers", method="POST", body=b"x" * (2**20 + 1))
    assert (status, json.loads(said)) == (413, {"detail": "The body is larger than 1 MiB."})


@pytest.mark.parametrize("path", [b"/api/assistant-selector", b"/admin/import/"])
def test_who_sends_half_a_body_is_told_so(quick: Door, path: bytes) -> None:
    answer = quick.raw(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"took longer than 1 seconds" in answer


@pytest.mark.parametrize("path", [b"/api/assistant-selector", b"/admin/import/"])
def test_half_a_body_is_handed_to_nobody(front: Door, path: bytes) -> None:
    with socket.create_connection(("127.0.0.1", front.port)) as connection:
        connection.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\nbroken")
        time.sleep(0.2)
    time.sleep(0.2)
    assert front.handed("/admin/")["path"] == "/admin/"
    assert b"broken" not in Behind.bodies
    assert "Traceback" not in front.log.read_text()


def test_where_too_many_wait_the_next_is_told_so_at_once(quick: Door) -> None:
    with ThreadPoolExecutor(3) as tabs:
        answers = list(tabs.map(lambda _: quick.ask("/slow"), range(3)))
    assert sorted(status for status, _, _ in answers) == [200, 503, 503]
    assert {headers["Retry-After"] for status, headers, _ in answers if status == 503} == {"5"}
    assert quick.ask("/admin/")[0] == 200


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X_Forwarded_For", "X-Forwarded-Host", "X_Forwarded_Host", "X_Forwarded_Proto"]
)
def test_nobody_gives_himself_another_address(front: Door, name: str) -> None:
    request = f"GET /admin/ HTTP/1.1\r\nHost: x\r\n{name}: 203.0.113.9\r\n\r\n".encode()
    answer = front.raw(request)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"203.0.113.9" not in answer
    assert b'"x-forwarded-for": "127.0.0.1"' in answer.lower()


def test_a_secret_under_a_name_of_its_own_does_not_count(front: Door) -> None:
    body = b'{"message":{"type":"assistant-request"}}'
    head = f"POST /api/assistant-selector HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n".encode()
    head += b"Content-Type: application/json\r\n"
    assert front.raw(head + b"X_Vapi_Secret: new-secret\r\n\r\n" + body).startswith(b"HTTP/1.1 401 ")


def test_without_a_server_behind_pages_say_so_and_calls_go_on(tmp_path: Path) -> None:
    with door("personalization.front:app", tmp_path, free_port()) as lonely:
        status, headers, said = lonely.ask("/admin/")
        assert (status, headers["Retry-After"]) == (503, "2")
        assert b"try again" in said
        assert webhook(lonely, {"type": "assistant-request"}, **SECRET)[0] == 200

"""The load generator, against a small server that answers at a pace of its own."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.calls import Target, WrongAnswer, body_of
from bench.load import CONNECTIONS, call_at_rate, call_once, saturate
from bench.people import name_of, number_of

CUSTOMERS = 50
NAMES = {number_of(person): name_of(person) for person in range(CUSTOMERS)}
SECONDS_PER_CALL = 0.01


class OneAtATime(BaseHTTPRequestHandler):
    """Knows every caller, and takes 10 ms for each, one after the other."""

    protocol_version = "HTTP/1.1"
    turn = threading.Lock()
    names = NAMES

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.turn:
            time.sleep(SECONDS_PER_CALL)
        name = self.names[body["message"]["call"]["customer"]["number"]]
        answer = json.dumps({"assistantOverrides": {"variableValues": {"customerName": name}}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 2 * CONNECTIONS


@pytest.fixture
def target() -> Iterator[Target]:
    server = Server(("127.0.0.1", 0), OneAtATime)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Target(server.server_port, "/", "a-secret", CUSTOMERS)
    server.shutdown()
    server.server_close()


def test_calls_at_a_fixed_rate_are_timed_from_when_they_were_due(target: Target) -> None:
    outcome = call_at_rate(target, seconds=0.2, rate=400)
    assert outcome.calls == 80
    # The last is due after 0.2 s and answered after 0.8 s, but sent only when a connection is free, after 0.48 s.
    assert max(outcome.latencies) > 0.5
    assert min(outcome.latencies) < 0.1


def test_saturation_keeps_every_connection_busy(target: Target) -> None:
    outcome = saturate(target, seconds=0.1)
    assert outcome.calls >= CONNECTIONS
    assert max(outcome.latencies) > SECONDS_PER_CALL * CONNECTIONS * 0.9


def test_an_answer_about_somebody_else_stops_the_bench(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneAtATime, "names", dict.fromkeys(NAMES, "Somebody Else"))
    with pytest.raises(WrongAnswer, match="Ada Abara 0 called from"):
        call_once(target)


def test_a_body_is_there_when_all_of_it_has_come() -> None:
    response = b'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{"a": 1}'
    assert body_of(response) == b'{"a": 1}'
    assert body_of(response[:-1]) is None
    assert body_of(response[:25]) is None

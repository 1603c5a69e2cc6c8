"""`make run` while PostgreSQL is away: it serves from the copy, and makes up for what it left out."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from personalization import embedded_postgres
from personalization.environment import BASE_DIR
from personalization.free_port import free_port
from tests.waiting import AGAIN_LIVE_S, PATIENCE_S, eventually

pytestmark = pytest.mark.server  # how long callers wait for it, tests/faults says
CALL = {
    "message": {
        "type": "assistant-request",
        "call": {"customer": {"number": "+13035550101"}},
        "phoneNumber": {"number": "+13035550190"},
    }
}


class Door:
    """An address of PostgreSQL's that can be shut: then nobody gets in."""

    def __init__(self, url: str) -> None:
        self.is_open = True
        self._behind = urlsplit(url)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = url.replace(f":{self._behind.port}/", f":{self._socket.getsockname()[1]}/")
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        while True:
            guest, _ = self._socket.accept()
            if not self.is_open:
                guest.close()
                continue
            host = socket.create_connection((self._behind.hostname or "", self._behind.port or 0))
            for pair in ((guest, host), (host, guest)):
                threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with source, target:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


@pytest.fixture
def door() -> Iterator[Door]:
    with embedded_postgres.throwaway() as url:
        yield Door(url)


@contextmanager
def serving(door: Door, folder: Path) -> Iterator[tuple[int, list[str]]]:
    """A server on a free port, and the lines it has printed up to now."""
    port, lines = free_port(), list[str]()
    environment = os.environ | {"DATABASE_URL": door.url, "DATA_DIR": str(folder), "PORT": str(port), "DEMO": "1"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=BASE_DIR, env=environment, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    reader = threading.Thread(target=lambda: lines.extend(map(str.strip, process.stdout or ())), daemon=True)
    reader.start()
    try:
        eventually(lambda: process.poll() is not None or any(line.startswith("curl ") for line in lines))
        yield port, lines
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        reader.join(PATIENCE_S)
        if process.stdout:
            process.stdout.close()


def greeted(port: int) -> tuple[str, str]:
    """By what name the caller is greeted, and from which rung of the ladder."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/assistant-selector", json.dumps(CALL).encode(),
        {"Content-Type": "application/json", "X-Vapi-Secret": "new-secret"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        overrides = json.load(answer)["assistantOverrides"]
        return overrides["variableValues"]["customerName"], answer.headers["X-Answer-Source"]


def test_it_serves_from_the_copy_and_migrates_when_the_database_is_back(door: Door, tmp_path: Path) -> None:
    with serving(door, tmp_path) as (port, _):
        assert greeted(port) == ("Ada Example", "live")
    with psycopg.connect(door.url, autocommit=True) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.execute("DROP TABLE django_session")
    door.is_open = False
    eventually(lambda: age(tmp_path) > 5)
    with serving(door, tmp_path) as (port, lines):
        assert lines[0].startswith("PostgreSQL cannot be used (")
        assert not any(line.startswith("User:") for line in lines)
        assert greeted(port) == ("Ada Example", "last-known")
        door.is_open = True
        eventually(lambda: "PostgreSQL is back." in lines, seconds=20)
        assert "Bringing the database's tables up to date …" in lines
        eventually(lambda: greeted(port) == ("Ada Example", "live"), seconds=AGAIN_LIVE_S)


def test_without_a_copy_it_stops_with_one_sentence(tmp_path: Path) -> None:
    nowhere = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"], cwd=BASE_DIR, env=nowhere | {"PORT": str(free_port())},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("PostgreSQL at 127.0.0.1:1 cannot be used: Connection refused")
    assert done.stderr.count("\n") == 1


def age(folder: Path) -> float:
    from_file = (folder / "copy" / "confirmed").stat().st_mtime
    return max(0.0, time.time() - from_file)

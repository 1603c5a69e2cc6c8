"""A whole `manage.py serve` with 200 people that the faults happen to."""

import csv
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from bench.people import name_of, number_of
from personalization.environment import BASE_DIR
from personalization.free_port import free_port
from tests.checkouts import environment
from tests.faults.database import Database
from tests.waiting import PATIENCE_S

PEOPLE = 200
RENAMED = 0  # the person whose name changes in PostgreSQL, to see how soon callers hear of it
SECRET = "a-secret-of-the-faults"
LINE = "+13035550190"


class Node:
    """One machine: its DATA_DIR, its port, its server."""

    def __init__(self, database: Database, disk: Path) -> None:
        self.database = database
        self.port = free_port()
        self.data_dir = disk / "data"
        self.data_dir.mkdir(0o700)
        self._serve: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Starts `serve`; gives the seconds until it answers calls."""
        began = time.monotonic()
        with (self.data_dir / "serve.log").open("ab") as log:
            self._serve = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=BASE_DIR,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self.is_ready():
            assert self._serve.poll() is None, self.log()
            assert time.monotonic() - began < PATIENCE_S, self.log()
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> float:
        """As an operator does; gives the seconds it takes."""
        began = time.monotonic()
        if self._serve and self._serve.poll() is None:
            self._serve.terminate()
            try:
                self._serve.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._serve.kill()
                raise
        return time.monotonic() - began

    def command(self, *arguments: str | Path, wait: bool = True) -> subprocess.Popen[bytes]:
        """`manage.py …` beside the server."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=BASE_DIR,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if wait:
            said, _ = process.communicate(timeout=PATIENCE_S)
            assert process.returncode == 0, said.decode()
        return process

    def reload(self) -> None:
        """SIGHUP."""
        assert self._serve
        self._serve.send_signal(signal.SIGHUP)

    def log(self) -> str:
        """All that the server has printed."""
        return (self.data_dir / "serve.log").read_text(errors="replace")

    def program(self, words: str) -> psutil.Process:
        """The one of the server's programs whose command line holds these words."""
        assert self._serve
        for process in psutil.Process(self._serve.pid).children():
            if words in command_line(process):
                return process
        raise AssertionError(f"{words} does not run")

    def front_workers(self) -> list[psutil.Process]:
        """Those that answer calls."""
        assert self._serve
        children = psutil.Process(self._serve.pid).children()
        return [child for child in children if "personalization.front_worker" in command_line(child)]

    def is_ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            return self.request("GET", "/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One request on a connection of its own: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def post(self, message: dict[str, Any]) -> int:
        """The status that a message of Vapi's gets."""
        body = json.dumps({"message": message}).encode()
        return self.request("POST", "/api/assistant-selector", body, message_headers())[0]

    def name_heard(self, person: int) -> str:
        """The name by which this person is greeted; empty where nothing answers."""
        try:
            _, _, body = self.request("POST", "/api/assistant-selector", call_body(person), message_headers())
        except (OSError, http.client.HTTPException):
            return ""
        return greeted_name(body)

    def seconds_until_live(self, *, at_most: float) -> float:
        """Changes a name in PostgreSQL, and waits until the caller hears the new one."""
        began = time.monotonic()
        name = f"Renamed {time.time_ns()}"
        self.database.ask("UPDATE customers_customer SET name = %s WHERE name LIKE 'Renamed%%'", name)
        while self.name_heard(RENAMED) != name:
            assert time.monotonic() - began < at_most, f"not live again after {at_most} s\n{self.log()[-3000:]}"
            time.sleep(0.05)
        return time.monotonic() - began

    def add_people(self) -> None:
        """As an import does."""
        self.import_people(first=0, count=PEOPLE)
        self.database.ask("UPDATE customers_customer SET name = 'Renamed' WHERE external_id = 'p0'")

    def import_people(self, *, first: int, count: int, wait: bool = True) -> subprocess.Popen[bytes]:
        """`manage.py import_customers` of so many people."""
        table = self.data_dir / f"people-{first}.csv"
        with table.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["external_id", "name", "phone"])
            rows.writerows([f"p{person}", name_of(person), number_of(person)] for person in range(first, first + count))
        return self.command("import_customers", table, wait=wait)

    def _environment(self) -> dict[str, str]:
        return environment(
            {
                "ENV_FILE": os.devnull,
                "SECRET_KEY": "for-faults-only-" * 4,
                "VAPI_WEBHOOK_SECRETS": SECRET,
                "DATABASE_URL": self.database.url,
                "DATA_DIR": str(self.data_dir),
                "PORT": str(self.port),
                "DEMO": "1",
            }
        )


def command_line(process: psutil.Process) -> str:
    """Empty where it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def report(call_id: str) -> dict[str, Any]:
    """The end-of-call report of this call."""
    return {
        "type": "end-of-call-report",
        "call": {"id": call_id, "type": "inboundPhoneCall"},
        "summary": "All is well.",
    }


def message_headers() -> dict[str, str]:
    """Of a message from Vapi."""
    return {"Content-Type": "application/json", "X-Vapi-Secret": SECRET}


def call_body(person: int) -> bytes:
    """What Vapi asks when this person calls."""
    call = {"id": f"call-{person}", "type": "inboundPhoneCall", "customer": {"number": number_of(person)}}
    message = {"type": "assistant-request", "call": call, "phoneNumber": {"number": LINE}}
    return json.dumps({"message": message}).encode()


def greeted_name(body: bytes) -> str:
    """The name in an answer; empty where there is none."""
    try:
        name = json.loads(body)["assistantOverrides"]["variableValues"]["customerName"]
    except (ValueError, KeyError, TypeError):
        return ""
    return str(name)

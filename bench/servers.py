"""The two servers under test and their database, as processes whose CPU time and memory can be read."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench.calls import Target
from bench.load import call_once
from bench.node import PEER, Node
from bench.scenarios import ASSISTANT_ID
from personalization.environment import BASE_DIR
from personalization.free_port import free_port
from personalization.listeners import workers

SECRET = "a-secret-for-the-bench-only"
_READY_S = 60
_STOP_S = 15


class ServerFailed(Exception):
    """A server does not start; the sentence says where its own words are."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its first process, and where calls to it go."""

    name: str
    process: psutil.Process
    target: Target

    def cpu_s(self) -> float:
        """CPU time that all of its processes have used, in seconds."""
        return cpu_s(self.process)

    def largest_process(self) -> int:
        """The resident memory of its largest process, in bytes."""
        return max(int(process.memory_info().rss) for process in _tree(self.process))


def cpu_s(first: psutil.Process) -> float:
    """CPU time used by a process and all that come from it, those that have ended included, in seconds."""
    total = 0.0
    for process in _tree(first):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def postgres_of(database_url: str) -> psutil.Process:
    """The first process of the PostgreSQL at an address on this machine."""
    with psycopg.connect(database_url) as connection:
        postgres = psutil.Process(connection.info.backend_pid).parent()
    assert postgres is not None
    return postgres


@contextmanager
def our_server(environment: Mapping[str, str], folder: Path, customers: int) -> Iterator[Server]:
    """Our server, as `make run` starts it once the virtual environment is there. Raises ServerFailed, WrongAnswer."""
    target = Target(free_port(), "/api/assistant-selector", SECRET, customers)
    command = [sys.executable, "manage.py", "serve"]
    with _running("ours", command, BASE_DIR, {**environment, "PORT": str(target.port)}, folder, target) as server:
        yield server


@contextmanager
def peer(node: Node, database_url: str, folder: Path, customers: int) -> Iterator[Server]:
    """The Express handler, in as many processes as ours. Raises ServerFailed, WrongAnswer."""
    target = Target(free_port(), "/assistant-selector", SECRET, customers)
    environment = {
        "NODE_ENV": "production",
        "PORT": str(target.port),
        "PROCESSES": str(workers()),
        "DATABASE_URL": database_url,
        "VAPI_WEBHOOK_SECRETS": SECRET,
        "ASSISTANT_ID": ASSISTANT_ID,
    }
    with _running("peer", [node.program, "server.js"], PEER, environment, folder, target) as server:
        yield server


def our_environment(database_url: str, folder: Path) -> dict[str, str]:
    """Our settings: production's, nothing from `.env`, and files in `folder` only."""
    return {
        "ENV_FILE": os.devnull,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "for-the-bench-only-" * 3,
        "VAPI_WEBHOOK_SECRETS": SECRET,
    }


@contextmanager
def _running(
    name: str, command: Sequence[str], cwd: Path, environment: Mapping[str, str], folder: Path, target: Target
) -> Iterator[Server]:
    output = folder / f"{name}.log"
    with output.open("wb") as log:
        popen = psutil.Popen(
            command,
            cwd=cwd,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # out of reach of the terminal's Ctrl-C
        )
    try:
        _wait_until_ready(popen, target, output)
        yield Server(name, popen, target)
    finally:
        _stop(popen)


def _wait_until_ready(process: psutil.Popen, target: Target, output: Path) -> None:
    end = time.monotonic() + _READY_S
    while process.poll() is None and time.monotonic() < end:
        with suppress(OSError):
            return call_once(target)
        time.sleep(0.1)
    words = output.read_text(errors="replace").strip().splitlines()[-3:]
    raise ServerFailed(f"A server does not start. Its last words: {' / '.join(words) or 'none'}")


def _stop(process: psutil.Popen) -> None:
    """Asks the server to stop, and ends whatever of it is left after a while."""
    processes = _tree(process)
    process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=_STOP_S)
    for left in alive:
        with suppress(psutil.NoSuchProcess):
            left.kill()


def _tree(first: psutil.Process) -> list[psutil.Process]:
    return [first, *first.children(recursive=True)]

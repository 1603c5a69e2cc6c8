"""Copies of this checkout in which `make run` is started, stopped and killed as people do it."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from personalization.environment import BASE_DIR
from personalization.free_port import free_port
from tests.waiting import PATIENCE_S

NOT_COPIED = shutil.ignore_patterns(".venv", ".local", ".env", ".git", "node_modules", "__pycache__", ".*_cache")
OURS = (
    "ENV_FILE",
    "DATABASE_URL",
    "SECRET_KEY",
    "VAPI_WEBHOOK_SECRETS",
    "DATA_DIR",
    "MAKELEVEL",
    "MAKEFLAGS",
    "MFLAGS",
)


@dataclass
class Run:
    """One `make run`, in a session of its own, and what it has printed."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)

    def wait_until_ready(self) -> "Run":
        """Reads what it prints up to the last of the promised lines."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("curl "):
                return self
        raise AssertionError("\n".join(self.lines))

    def wait_until_ended(self) -> "Run":
        """Reads the rest."""
        rest, _ = self.process.communicate(timeout=PATIENCE_S)
        self.lines += rest.splitlines()
        return self

    @property
    def sample_call(self) -> str:
        return self.lines[-1]

    def value(self, label: str) -> str:
        """What stands behind `label:`."""
        return next(line.removeprefix(f"{label}:").strip() for line in self.lines if line.startswith(f"{label}:"))


@dataclass
class Checkout:
    """A copy of the project in a folder of its own."""

    path: Path

    @classmethod
    def copy(cls, path: Path, *, of: Path = BASE_DIR) -> "Checkout":
        """Without anything that a run has made; with the virtual environment of another copy, if it has one."""
        shutil.copytree(of, path, ignore=NOT_COPIED)
        if of != BASE_DIR:
            shutil.copytree(of / ".venv", path / ".venv", symlinks=True, copy_function=os.link)
        return cls(path)

    @contextmanager
    def run(self, **settings: str) -> Iterator[Run]:
        """`make run` on a free port; whatever it started has ended afterwards."""
        port = int(settings.pop("PORT", "") or free_port())
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=self.path,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield Run(process, port)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=PATIENCE_S)

    def call(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A command in this folder, to its end."""
        return subprocess.run(
            command,
            cwd=self.path,
            env=environment(settings),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def processes(self) -> dict[int, str]:
        """Everything that runs from this folder or on its data: process id and command line."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_text().replace("\0", " ").strip()
                here = str(self.path) in command or str(self.path) in os.readlink(process / "cwd")
            except OSError:
                continue
            if here and command:
                found[int(process.name)] = command
        return found


def kill(pid: int) -> None:
    """As a power cut does; it may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Ours without what the tests themselves set."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | settings


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

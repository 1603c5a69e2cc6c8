"""The processes that `manage.py serve` starts, watches and stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from personalization.environment import BASE_DIR

_GRACE_SECONDS = 10


class ProcessEnded(Exception):
    """One sentence: a process that should keep running has ended by itself."""


class Supervisor:
    """Python modules running as processes of their own, each ending with us; add them with `start`."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, module: str, arguments: Sequence[str]) -> None:
        """Starts `python -m module arguments…`; out of reach of the terminal's Ctrl-C, which is for us to pass on."""
        command = [sys.executable, "-m", "personalization.orphans", str(os.getpid()), module, *arguments]
        self._processes[name] = subprocess.Popen(
            command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def check(self) -> None:
        """Raises ProcessEnded where one has ended."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise ProcessEnded(f"The {name} ended by itself (exit status {process.returncode}).")

    def watch(self, *, parent: int | None) -> None:
        """Runs until a process ends by itself, we are told to stop, or the process `parent` is gone."""
        while parent in (None, os.getppid()):
            self.check()
            time.sleep(0.3)

    def stop(self) -> None:
        """Asks all to stop, and insists after a while."""
        for process in self._processes.values():
            process.terminate()
        end = time.monotonic() + _GRACE_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def supervised() -> Iterator[Supervisor]:
    """A Supervisor whose processes are all stopped in the end."""
    supervisor = Supervisor()
    try:
        yield supervisor
    finally:
        # Impatience must not leave half of it behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        supervisor.stop()

"""The processes that `manage.py serve` starts, watches and stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from personalization.environment import BASE_DIR

_GRACE_SECONDS = 10
_RESTART_SECONDS = 1
_LOOK_SECONDS = 0.1


class ProcessEnded(Exception):
    """One sentence: a process that should keep running has ended by itself."""


class _Program:
    """A Python module running as a process of its own."""

    def __init__(self, arguments: Sequence[str], *, restarts: bool, niceness: int, inherits: Sequence[int]) -> None:
        self.restarts = restarts
        self._arguments, self._inherits = [str(niceness), *arguments], inherits
        self.start()

    def start(self) -> None:
        """Starts it; out of reach of the terminal's Ctrl-C, which is for us to pass on."""
        command = [sys.executable, "-m", "personalization.orphans", str(os.getpid()), *self._arguments]
        self.process = subprocess.Popen(
            command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=self._inherits
        )
        self.started_at = time.monotonic()

    @property
    def has_ended(self) -> bool:
        """Whether it has, by itself."""
        return self.process.poll() is not None

    def wait(self, seconds: float) -> None:
        """Waits until it has ended, and insists after so many seconds."""
        try:
            self.process.wait(max(0, seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Python modules running as processes of their own, each ending with us; add them with `start`."""

    def __init__(self) -> None:
        self._programs: dict[str, _Program] = {}

    def start(
        self,
        name: str,
        module: str,
        arguments: Sequence[str],
        *,
        restarts: bool = False,
        niceness: int = 0,
        inherits: Sequence[int] = (),
    ) -> None:
        """Starts `python -m module arguments…`; with `restarts`, again whenever it has ended.

        A `niceness` above 0 leaves the processor to calls. `inherits` are file descriptors that keep their numbers.
        """
        self._programs[name] = _Program([module, *arguments], restarts=restarts, niceness=niceness, inherits=inherits)

    def keep(self, name: str) -> None:
        """From now on starts the process of that name again, too: what has worked once is worth another try."""
        self._programs[name].restarts = True

    def signal(self, name: str, number: signal.Signals) -> None:
        """Sends a signal to the process of that name."""
        self._programs[name].process.send_signal(number)

    def process_id(self, name: str) -> int:
        """Of the process of that name, which may have ended."""
        return self._programs[name].process.pid

    def has_ended(self, name: str) -> bool:
        """Whether the process of that name has, by itself."""
        return self._programs[name].has_ended

    def end(self, name: str) -> None:
        """Ends the process of that name, politely at first, and forgets it."""
        program = self._programs.pop(name)
        program.process.terminate()
        program.wait(_GRACE_SECONDS)

    def check(self) -> None:
        """Starts again what restarts. Raises ProcessEnded where anything else has ended."""
        for name, program in self._programs.items():
            if not program.has_ended:
                continue
            if not program.restarts:
                raise ProcessEnded(f"The {name} ended by itself (exit status {program.process.returncode}).")
            if time.monotonic() - program.started_at > _RESTART_SECONDS:
                program.start()

    def watch(self, *, parent: int | None, duties: Sequence[Callable[[], object]] = ()) -> None:
        """Runs until a process ends by itself, we are told to stop, or the process `parent` is gone.

        Sees to the `duties` again and again, which must not take long.
        """
        while parent in (None, os.getppid()):
            self.check()
            for duty in duties:
                duty()
            time.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """Asks all to stop, and insists after a while."""
        for program in self._programs.values():
            program.process.terminate()
        end = time.monotonic() + _GRACE_SECONDS
        for program in self._programs.values():
            program.wait(end - time.monotonic())


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

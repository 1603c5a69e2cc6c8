"""The front door as its supervisor sees it: workers on one port, each replaced when it has ended, hangs or is old."""

import signal
import time
from dataclasses import dataclass

from personalization.heartbeat import BEAT_SECONDS, Pulse
from personalization.listeners import Listeners, workers
from personalization.supervisor import Supervisor

_READY_SECONDS = 30
# Clients that keep connections hear in this time that theirs will be closed.
_FAREWELL_SECONDS = 1.0
_FAREWELL_SECONDS_AT_THE_END = 0.3


class NotRenewed(Exception):
    """One sentence: new workers do not come up, and the old ones go on."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """`name` is the supervisor's for it, `place` the number of its socket."""

    name: str
    place: int
    pulse: Pulse


class FrontDoor:
    """The workers on the public port."""

    def __init__(self, supervisor: Supervisor, listeners: Listeners) -> None:
        self._supervisor, self._listeners = supervisor, listeners
        self._workers: list[_Worker] = []
        self._started = 0

    def open(self) -> None:
        """Starts the workers."""
        for number in range(workers()):
            self._workers.append(self._new(number % len(self._listeners.sockets), restarts=False))

    def keep_open(self) -> None:
        """From now on starts workers again that have ended: what has worked once is worth another try."""
        for worker in self._workers:
            self._supervisor.keep(worker.name)

    def look_after(self) -> None:
        """To be called as often as workers beat: kills one that hangs, for another to be started in its place.

        Until then, and wherever one is silent for a moment, the others take what arrives for it.
        """
        for worker in self._workers:
            worker.pulse.look(self._supervisor.process_id(worker.name))
            if worker.pulse.hangs:
                self._supervisor.signal(worker.name, signal.SIGKILL)
        well = [worker for worker in self._workers if not worker.pulse.is_silent]
        if len(well) < len(self._workers):
            for worker in well:
                self._supervisor.signal(worker.name, signal.SIGUSR2)

    def renew(self) -> None:
        """Replaces every worker by one with today's code, one after the other; no call notices. Raises NotRenewed."""
        for number, old in enumerate(self._workers):
            new = self._new(old.place, restarts=True)
            self._wait_for_first_beat(new)
            self._workers[number] = new
            self._supervisor.signal(old.name, signal.SIGUSR1)
            time.sleep(_FAREWELL_SECONDS)
            self._end(old)

    def close(self) -> None:
        """Later callers will be refused, once the supervisor stops the workers."""
        self._listeners.close()
        for worker in self._workers:
            self._supervisor.signal(worker.name, signal.SIGUSR1)
        time.sleep(_FAREWELL_SECONDS_AT_THE_END)

    def _new(self, place: int, *, restarts: bool) -> _Worker:
        self._started += 1
        worker = _Worker(f"web worker {self._started}", place, Pulse())
        own_first = self._listeners.sockets[place:] + self._listeners.sockets[:place]
        descriptors = [worker.pulse.writes, *(each.fileno() for each in own_first)]
        self._supervisor.start(
            worker.name,
            "personalization.front_worker",
            [str(each) for each in descriptors],
            restarts=restarts,
            inherits=descriptors,
        )
        return worker

    def _wait_for_first_beat(self, worker: _Worker) -> None:
        end = time.monotonic() + _READY_SECONDS
        while worker.pulse.is_silent:
            if time.monotonic() > end or self._supervisor.has_ended(worker.name):
                self._end(worker)
                raise NotRenewed("New web workers do not start, see above: those that are there go on.")
            time.sleep(BEAT_SECONDS)
            worker.pulse.look(self._supervisor.process_id(worker.name))

    def _end(self, worker: _Worker) -> None:
        self._supervisor.end(worker.name)
        worker.pulse.close()

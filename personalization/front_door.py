"""The front door as its supervisor sees it: workers on one port, each replaced when it has ended, hangs or is old."""

import signal
import socket
import time
from dataclasses import dataclass

from personalization.heartbeat import BEAT_SECONDS, Pulse
from personalization.listeners import Listeners, close, has_listener, workers
from personalization.packet_filters import hold_back, prefer_successors
from personalization.supervisor import Supervisor

_READY_SECONDS = 30
# In this time a worker has accepted all that came before.
_ACCEPTED_SECONDS = 0.1
# Clients that keep connections hear in this time that theirs will be closed.
_FAREWELL_SECONDS = 1.0
_FAREWELL_SECONDS_AT_THE_END = 0.3


class NotRenewed(Exception):
    """One sentence: new workers do not come up, and the old ones go on."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """`name` is the supervisor's for it."""

    name: str
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
            self._workers.append(self._new(number, self._listeners.sockets, restarts=False))

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
        """Replaces all workers by such with today's code; no call notices. Raises NotRenewed.

        On other sockets: who leaves must have read what it accepted before it closes connections, and accept no more.
        """
        sockets = self._listeners.more()
        prefer_successors(self._listeners.sockets)
        successors: list[_Worker] = []
        try:
            for number in range(workers()):
                successors.append(self._new(number, sockets, restarts=True))
                self._wait_until_it_listens(successors[-1], sockets[number % len(sockets)])
        except NotRenewed:
            self._dismiss(successors, sockets)
            raise
        leaving, self._workers = self._workers, successors
        self._dismiss(leaving, self._listeners.replace(sockets))

    def close(self) -> None:
        """Later callers are refused, and who keeps a connection hears of its end; the supervisor ends the workers."""
        hold_back(self._listeners.sockets)
        self._announce_end(self._workers, self._listeners.sockets, _FAREWELL_SECONDS_AT_THE_END)

    def _dismiss(self, leaving: list[_Worker], sockets: list[socket.socket]) -> None:
        self._announce_end(leaving, sockets, _FAREWELL_SECONDS)
        for worker in leaving:
            self._supervisor.end(worker.name)
            worker.pulse.close()

    def _announce_end(self, leaving: list[_Worker], sockets: list[socket.socket], seconds: float) -> None:
        close(sockets)
        time.sleep(_ACCEPTED_SECONDS)
        for worker in leaving:
            self._supervisor.signal(worker.name, signal.SIGUSR1)
        time.sleep(seconds)

    def _new(self, number: int, sockets: list[socket.socket], *, restarts: bool) -> _Worker:
        self._started += 1
        worker = _Worker(f"web worker {self._started}", Pulse())
        place = number % len(sockets)
        own_first = sockets[place:] + sockets[:place]
        descriptors = [worker.pulse.writes, *(each.fileno() for each in own_first)]
        self._supervisor.start(
            worker.name,
            "personalization.front_worker",
            [str(each) for each in descriptors],
            restarts=restarts,
            inherits=descriptors,
        )
        return worker

    def _wait_until_it_listens(self, worker: _Worker, listener: socket.socket) -> None:
        end = time.monotonic() + _READY_SECONDS
        while worker.pulse.is_silent or not has_listener(listener):
            if time.monotonic() > end or self._supervisor.has_ended(worker.name):
                raise NotRenewed("New web workers do not start, see above: those that are there go on.")
            time.sleep(BEAT_SECONDS)
            worker.pulse.look(self._supervisor.process_id(worker.name))

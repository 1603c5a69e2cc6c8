"""The load: assistant requests over kept-alive connections, each answer checked.

Written here, and run in a process of its own, since it shares the machine with what it measures: it has to be light
(its own CPU is reported), to time calls at a fixed rate from when they were due, and to know each caller's name.
"""

import gc
import selectors
import signal
import socket
import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass
from random import Random
from uuid import uuid4

from bench.calls import CALL_ID, Target, WrongAnswer, body_of, check_answer
from bench.people import number_of

CONNECTIONS = 32
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load came to; all times in seconds. `generator_cpu` is what the load itself used."""

    seconds: float
    generator_cpu: float
    latencies: list[float]

    @property
    def calls(self) -> int:
        """How many calls were answered."""
        return len(self.latencies)


def prepare_process() -> None:
    """For the process that makes the load: it leaves Ctrl-C to its parent, and never pauses to collect garbage."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def call_once(target: Target) -> None:
    """One call, to see whether the server answers. Raises OSError where it does not listen, and WrongAnswer."""
    with closing(_Connection(target)) as connection:
        connection.send(person=0, due_at=0)
        while not connection.receive():
            pass


def saturate(target: Target, seconds: float) -> Outcome:
    """As many calls as the server answers: each connection's next call follows its answer (a closed loop)."""
    load = _Load(target)
    while (now := time.perf_counter()) < load.started_at + seconds:
        while load.idle:
            load.send(due_at=now)
        load.receive(_PATIENCE_S)
    return load.finish()


def call_at_rate(target: Target, seconds: float, rate: float) -> Outcome:
    """`rate` calls a second, each timed from when it was due, whatever became of those before it (an open loop)."""
    load = _Load(target)
    for call in range(int(seconds * rate)):
        due_at = load.started_at + call / rate
        while (early := due_at - time.perf_counter()) > 0 or not load.idle:
            load.receive(early if load.idle else _PATIENCE_S)
        load.send(due_at)
    return load.finish()


class _Load:
    """The connections, which of them are idle, and the latencies so far."""

    def __init__(self, target: Target) -> None:
        self._random = Random(1)  # the same callers for everybody
        self._customers = target.customers
        # Unlike epoll's, select's timeout is finer than a millisecond.
        self._selector = selectors.SelectSelector()
        # The one that has been idle longest is next, so that all of the server's processes get calls.
        self.idle = deque(_Connection(target) for _ in range(CONNECTIONS))
        for connection in self.idle:
            self._selector.register(connection, selectors.EVENT_READ, connection)
        self._latencies: list[float] = []
        self._cpu_at_start = time.process_time()
        self.started_at = time.perf_counter()

    def send(self, due_at: float) -> None:
        """Sends somebody's call over an idle connection."""
        self.idle.popleft().send(self._random.randrange(self._customers), due_at)

    def receive(self, timeout: float) -> None:
        """Waits at most `timeout` seconds for something to arrive and takes it. Raises WrongAnswer."""
        ready = self._selector.select(timeout)
        if not ready and timeout == _PATIENCE_S:
            raise WrongAnswer(f"No answer came within {_PATIENCE_S:g} s.")
        for key, _ in ready:
            connection: _Connection = key.data
            if connection.receive():
                self._latencies.append(time.perf_counter() - connection.due_at)
                self.idle.append(connection)

    def finish(self) -> Outcome:
        """Waits for the calls that are under way, and hangs up."""
        while len(self.idle) < CONNECTIONS:
            self.receive(_PATIENCE_S)
        seconds, cpu = time.perf_counter() - self.started_at, time.process_time() - self._cpu_at_start
        for connection in self.idle:
            connection.close()
        return Outcome(seconds, cpu, self._latencies)


class _Connection:
    """One kept-alive connection, with at most one call on it."""

    def __init__(self, target: Target) -> None:
        self._template = target.request_template()
        self._socket = socket.create_connection(("127.0.0.1", target.port), timeout=_PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._person = 0
        self.due_at = 0.0

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, person: int, due_at: float) -> None:
        """Sends the person's call, which was due at that moment."""
        self._person, self.due_at, self._received = person, due_at, b""
        request = self._template.replace(number_of(0).encode(), number_of(person).encode())
        # A call like no other: what each server keeps of calls is part of their cost.
        self._socket.sendall(request.replace(CALL_ID.encode(), str(uuid4()).encode()))

    def receive(self) -> bool:
        """Takes what has arrived; True once the answer is whole. Raises WrongAnswer."""
        chunk = self._socket.recv(65536)
        self._received += chunk
        body = body_of(self._received)
        if body is None and not chunk:
            raise WrongAnswer(f"The server hung up after {self._received!r}.")
        if body is not None:
            check_answer(self._received, body, self._person)
        return body is not None

    def close(self) -> None:
        self._socket.close()

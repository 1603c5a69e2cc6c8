"""A worker that hangs is told from one that lives, and from one that the machine keeps waiting."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from personalization.heartbeat import BEAT_SECONDS, Pulse
from tests.waiting import eventually

BEATING = "import asyncio, sys; from personalization.heartbeat import beat; asyncio.run(beat(int(sys.argv[1])))"
BEATING_ONCE_AND_THEN = "import os, sys, time; os.write(int(sys.argv[1]), b'.'); "

Worker = subprocess.Popen[bytes]


@pytest.fixture
def pulse() -> Iterator[Pulse]:
    with closing(Pulse()) as pulse:
        yield pulse


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def started(code: str, pulse: Pulse, processes: ExitStack) -> Worker:
    """A process that was heard of once."""
    command = [sys.executable, "-c", code, str(pulse.writes)]
    process = processes.enter_context(subprocess.Popen(command, pass_fds=[pulse.writes]))
    processes.callback(process.kill)
    eventually(lambda: heard(pulse, process))
    return process


def heard(pulse: Pulse, process: Worker) -> bool:
    pulse.look(process.pid)
    return not pulse.is_silent


def looks_until_it_hangs(pulse: Pulse, process: Worker, *, at_most: int = 25) -> int:
    for look in range(at_most):
        pulse.look(process.pid)
        if pulse.hangs:
            return look
        time.sleep(BEAT_SECONDS)
    return at_most


def test_a_worker_that_beats_is_well(pulse: Pulse, processes: ExitStack) -> None:
    worker = started(BEATING, pulse, processes)
    assert looks_until_it_hangs(pulse, worker, at_most=15) == 15
    assert not pulse.is_silent


def test_one_that_is_stopped_is_silent_at_first_and_hangs_after_a_second(pulse: Pulse, processes: ExitStack) -> None:
    worker = started(BEATING, pulse, processes)
    worker.send_signal(signal.SIGSTOP)
    eventually(lambda: not heard(pulse, worker))
    assert not pulse.hangs
    assert looks_until_it_hangs(pulse, worker) < 15


def test_one_that_waits_for_ever_hangs(pulse: Pulse, processes: ExitStack) -> None:
    worker = started(BEATING_ONCE_AND_THEN + "time.sleep(60)", pulse, processes)
    assert looks_until_it_hangs(pulse, worker) < 15


def test_one_that_computes_for_ever_hangs_once_it_has_had_a_second(pulse: Pulse, processes: ExitStack) -> None:
    worker = started(BEATING_ONCE_AND_THEN + "exec('while 1: pass')", pulse, processes)
    assert 10 <= looks_until_it_hangs(pulse, worker, at_most=100) < 100


def test_one_that_gets_no_processor_is_let_be(
    pulse: Pulse, processes: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = started(BEATING_ONCE_AND_THEN + "exec('while 1: pass')", pulse, processes)
    monkeypatch.setattr("personalization.heartbeat._processor_seconds", lambda process: 3.0)
    assert looks_until_it_hangs(pulse, worker) == 25


def test_a_new_worker_is_silent_until_its_first_beat(pulse: Pulse, processes: ExitStack) -> None:
    old = started(BEATING, pulse, processes)
    old.kill()
    old.wait()
    new = processes.enter_context(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
    processes.callback(new.kill)
    assert looks_until_it_hangs(pulse, new, at_most=15) == 15
    assert pulse.is_silent

"""A worker that hangs is killed, one that lives or has ended is let be."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from personalization import heartbeat
from personalization.heartbeat import HeartbeatWatch
from tests.checkouts import wait_for

BEATING = (
    "import asyncio, sys, pathlib; from personalization.heartbeat import beat; asyncio.run(beat(pathlib.Path({!r})))"
)

Worker = subprocess.Popen[bytes]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    """A process that beats in `tmp_path`."""
    with ExitStack() as stack:
        process = stack.enter_context(subprocess.Popen([sys.executable, "-c", BEATING.format(str(tmp_path))]))
        stack.callback(process.kill)
        wait_for(lambda: (tmp_path / str(process.pid)).exists())
        yield process


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HeartbeatWatch:
    """One with less patience."""
    monkeypatch.setattr(heartbeat, "_HANGS_AFTER_SECONDS", 1.5)
    return HeartbeatWatch(tmp_path)


def replaced_within(seconds: float, watch: HeartbeatWatch) -> list[int]:
    end, replaced = time.monotonic() + seconds, list[int]()
    while not replaced and time.monotonic() < end:
        replaced = watch.replace_hanging()
        time.sleep(0.1)
    return replaced


def test_a_worker_that_beats_is_let_be(worker: Worker, watch: HeartbeatWatch) -> None:
    assert replaced_within(2.5, watch) == []
    assert worker.poll() is None


def test_a_worker_that_hangs_is_killed(worker: Worker, watch: HeartbeatWatch) -> None:
    subprocess.run(["kill", "-STOP", str(worker.pid)], check=True)
    assert replaced_within(5, watch) == [worker.pid]
    assert worker.wait(5) == -9


def test_of_one_that_has_ended_nothing_stays(worker: Worker, watch: HeartbeatWatch, tmp_path: Path) -> None:
    worker.kill()
    worker.wait(5)
    assert watch.replace_hanging() == []
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_another_process_has_by_now_is_no_reason_to_kill_it(
    watch: HeartbeatWatch, tmp_path: Path
) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (tmp_path / str(bystander.pid)).touch()
    assert replaced_within(2, watch) == []
    bystander.communicate()
    assert bystander.returncode in {0, 1}

"""The line that says how far something long has come."""

import io

import pytest

from customers.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("customers.progress.time.monotonic", clock)
    return clock


def test_it_shows_share_rows_rate_and_time_left_once_it_takes_long(clock: Clock) -> None:
    terminal = Terminal()
    progress = ProgressLine(terminal)
    clock.now = 1.5
    progress(rows=15_000, share=0.15)
    assert terminal.getvalue() == ""
    clock.now = 4
    progress(rows=40_000, share=0.4)
    assert terminal.getvalue() == "\r 40%  40,000 rows, 10,000 a second, 6 s left to read"
    clock.now = 4.1
    progress(rows=100_000, share=1.0)
    assert terminal.getvalue().rstrip().endswith("\rAll 100,000 rows are read: comparing and writing them …")
    progress.clear()
    assert terminal.getvalue().endswith("\r")


def test_where_nobody_looks_it_says_nothing(clock: Clock) -> None:
    stream = io.StringIO()
    progress = ProgressLine(stream)
    clock.now = 100
    progress(rows=10, share=1.0)
    progress.clear()
    assert stream.getvalue() == ""

"""Writing log lines without ever waiting for whoever reads them.

Who logs puts a line into a queue and goes on; a thread writes. Where nobody reads (a full pipe, a terminal that is held
with Ctrl-S), the queue fills up, and what does not fit is dropped and counted.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from threading import Event, Thread

from personalization.metrics import LOG_LINES_DROPPED

_MOST_WAITING = 5_000
# Lines are gathered for so long: waking the thread for each would take more of the calls' time than writing does.
_GATHER_SECONDS = 0.02
# What a pipe takes in one piece (POSIX: PIPE_BUF), so that lines of several processes do not mix.
_AT_ONCE = 4096
_LAST_WORDS_SECONDS = 1.0
_STDERR = 2


class NeverBlocking(logging.Handler):
    """Writes to standard error; emitting takes microseconds, whatever becomes of the lines."""

    def __init__(self) -> None:
        super().__init__()
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def emit(self, record: logging.LogRecord) -> None:
        """Queues the record's line, or drops and counts it."""
        try:
            if self._queue.qsize() >= _MOST_WAITING:
                LOG_LINES_DROPPED.inc()
                return
            self._queue.put(self.format(record).encode("utf-8", "backslashreplace") + b"\n")
            if self._thread is None:
                self._start()
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A record that cannot be written as a line is counted; telling so on standard error could block."""
        LOG_LINES_DROPPED.inc()

    def flush(self) -> None:
        """Waits until what was logged so far is written, but never longer than a second."""
        if self._thread:
            written = Event()
            self._queue.put(written)
            self._hurry.set()
            written.wait(_LAST_WORDS_SECONDS)
            self._hurry.clear()

    def _begin(self) -> None:
        self._queue: SimpleQueue[bytes | Event] = SimpleQueue()
        self._thread: Thread | None = None
        self._hurry = Event()

    def _start(self) -> None:
        self._thread = Thread(target=self._write_for_ever, name="log", daemon=True)
        self._thread.start()
        Finalize(None, self.flush, exitpriority=0)  # atexit does not run in a web server's workers

    def _write_for_ever(self) -> None:
        while True:
            waiting = [self._queue.get()]
            self._hurry.wait(_GATHER_SECONDS)
            with suppress(Empty):
                while len(waiting) < _MOST_WAITING:
                    waiting.append(self._queue.get_nowait())
            for piece in _pieces(each for each in waiting if isinstance(each, bytes)):
                _write(piece)
            for each in waiting:
                if isinstance(each, Event):
                    each.set()


def _pieces(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines in groups that can be written at once; a longer one alone."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        if piece and size + len(line) > _AT_ONCE:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += len(line)
    if piece:
        yield piece


def _write(lines: list[bytes]) -> None:
    """Straight to the descriptor: a stream's lock, held by a stuck thread, would keep the process from ending."""
    text = memoryview(b"".join(lines))
    try:
        while text:
            text = text[os.write(_STDERR, text) :]
    except OSError:
        LOG_LINES_DROPPED.inc(len(lines))

"""Writing log lines without ever waiting for whoever reads them.

Who logs puts a line into a queue and goes on; a thread writes. Where nobody reads (a full pipe, a terminal that is held
with Ctrl-S), the queue fills up, and what does not fit is dropped and counted.
"""

import logging
import os
from collections.abc import Iterable, Iterator

from personalization.batches import Batches
from personalization.metrics import LOG_LINES_DROPPED

_MOST_WAITING = 5_000
_GATHER_SECONDS = 0.02
# What a pipe takes in one piece (POSIX: PIPE_BUF), so that lines of several processes do not mix.
_AT_ONCE = 4096
_LAST_WORDS_SECONDS = 1.0
_STDERR = 2


class NeverBlocking(logging.Handler):
    """Writes to standard error; emitting takes microseconds, whatever becomes of the lines."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Batches[bytes] = Batches(
            "log",
            _write_lines,
            gather_s=_GATHER_SECONDS,
            most_waiting=_MOST_WAITING,
            last_words_s=_LAST_WORDS_SECONDS,
            ends=0,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Queues the record's line, or drops and counts it."""
        try:
            if not self._lines.put(self.format(record).encode("utf-8", "backslashreplace") + b"\n"):
                LOG_LINES_DROPPED.inc()
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A record that cannot be written as a line is counted; telling so on standard error could block."""
        LOG_LINES_DROPPED.inc()

    def flush(self) -> None:
        """Waits until what was logged so far is written, but never longer than a second."""
        self._lines.flush()


def _write_lines(lines: Iterable[bytes]) -> None:
    for piece in _pieces(lines):
        _write(piece)


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

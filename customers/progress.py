"""A line on the terminal that says how far something long has come."""

import time
from collections.abc import Iterable
from typing import TextIO

from customers.duties import Step

_QUIET_FOR_S = 2.0
_EVERY_S = 0.2


class ProgressLine:
    """Shows rows, or `what` else, rate and time left once it takes over two seconds; nothing where nobody looks."""

    def __init__(self, stream: TextIO, what: str = "rows") -> None:
        self._stream = stream
        self._what = what
        self._started = time.monotonic()
        self._shown_at = self._started + _QUIET_FOR_S if stream.isatty() else float("inf")
        self._width = 0

    def __call__(self, *, rows: int, share: float) -> None:
        """`share` of everything is done (0 to 1): so many rows."""
        now = time.monotonic()
        if now - self._shown_at < _EVERY_S and not (share == 1 and now > self._shown_at):
            return
        self._shown_at = now
        elapsed = now - self._started
        left = elapsed / share - elapsed if share else 0
        if share < 1:
            self._write(
                f"{share:4.0%}  {rows:,} {self._what}, {rows / elapsed:,.0f} a second, {left:.0f} s left to read"
            )
        else:
            self._write(f"All {rows:,} {self._what} are read: comparing and writing them …")

    def clear(self) -> None:
        """Leaves nothing behind on the terminal."""
        if self._width:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text:<{self._width}}")
        self._stream.flush()
        self._width = len(text)


def followed(steps: Iterable[Step], stream: TextIO, what: str) -> str:
    """Goes through the steps to the last, showing how far they have come (`what` names the pieces); its sentence."""
    progress, sentence = ProgressLine(stream, what), ""
    try:
        for step in steps:
            progress(rows=step.count, share=min(step.share, 0.99))
            sentence = step.sentence
    finally:
        progress.clear()
    return sentence

"""Says in the database, while somebody works on an upload, that it is so and how far the work has come.

By a thread with a connection of its own: what the import's transaction writes nobody sees before its end.
"""

from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from customers.models import Upload

_EVERY_S = 1.0


class ToldToStop(Exception):
    """This process is to end; the work is left to the next."""


class Pulse:
    """Beats inside its `with`; call it as the import's OnProgress. Raises ToldToStop there once `stop` is set."""

    def __init__(self, upload: Upload, stop: Event) -> None:
        # Once its state has changed, the work is over.
        self._mine = Upload.objects.filter(pk=upload.pk, started_at=upload.started_at, state=upload.state)
        self._stop, self._ended = stop, Event()
        self._said: dict[str, Any] = {}
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, *, rows: int, share: float) -> None:
        """So many rows are read, that share of the file (0 to 1)."""
        if self._stop.is_set():
            raise ToldToStop
        self._said = {"rows": rows, "share": share, "sentence": ""}

    def wait_for_others(self) -> None:
        """Another import is running."""
        self._said = {"sentence": "Another import is running: this one goes on as soon as that has ended."}

    def _beat(self) -> None:
        try:
            while not self._ended.wait(_EVERY_S):
                try:
                    self._mine.update(seen_at=Now(), **self._said)
                except (OperationalError, InterfaceError):
                    connection.close()  # and the next beat tries again
        finally:
            connection.close()

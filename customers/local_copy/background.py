"""One lengthy task at a time beside the rounds, in a thread with its own connection to PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection

from customers.local_copy.deadline import cut


class Background:
    """Start a task, ask now and then for what it gave; `stop` breaks its connection and waits for its end."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._task: Future[Any] | None = None
        self._connection: Any = None

    @property
    def is_busy(self) -> bool:
        """Whether a task runs, or its result was not taken yet."""
        return self._task is not None

    def start(self, task: Callable[[], Any]) -> None:
        """Runs `task`; only while nothing else runs."""
        self._task = self._thread.submit(self._run, task)

    def take(self) -> Any:
        """What the task gave, once it has ended; None while it runs. Raises what it raised."""
        if self._task is None or not self._task.done():
            return None
        ended, self._task = self._task, None
        return ended.result()

    def cut(self) -> None:
        """Breaks the task's connection: PostgreSQL does not answer."""
        if self._connection is not None:
            cut(self._connection)

    def stop(self) -> None:
        """Ends the task and the thread."""
        self.cut()
        self._thread.shutdown()

    def _run(self, task: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            self._connection = connection.connection
            return task()
        finally:
            self._connection = None
            connection.close()

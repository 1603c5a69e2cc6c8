"""Handing things to a thread that writes them, a batch at a time: whoever hands one over goes on at once."""

import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Batches(Generic[Item]):
    """A queue and its thread, which begins with the first item, in each process anew.

    Items are gathered for `gather_s` seconds: waking the thread for each would take more of the calls' time than
    writing does. `write`, called in the thread, must not raise. Where it is stuck, `most_waiting` items wait at most.
    As a process ends it waits `last_words_s` seconds at most for its last items; of several writers the one with the
    greater `ends` goes first.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[list[Item]], None],
        *,
        gather_s: float,
        most_waiting: int,
        last_words_s: float,
        ends: int,
    ) -> None:
        self._name, self._write = name, write
        self.gather_s, self._most_waiting, self._last_words_s = gather_s, most_waiting, last_words_s
        self._ends = ends
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def put(self, item: Item) -> bool:
        """Takes microseconds; False where too many are waiting, and then `item` is not taken."""
        if self._queue.qsize() >= self._most_waiting:
            return False
        self._queue.put(item)
        if self._thread is None:
            self._start()
        return True

    def flush(self) -> None:
        """Waits until what was put so far is written, but not for ever."""
        if self._thread:
            written = Event()
            self._queue.put(written)
            self._hurry.set()
            written.wait(self._last_words_s)
            self._hurry.clear()

    def _begin(self) -> None:
        self._queue: SimpleQueue[Item | Event] = SimpleQueue()
        self._thread: Thread | None = None
        self._starting = Lock()
        self._hurry = Event()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._write_for_ever, name=self._name, daemon=True)
                self._thread.start()
                # atexit does not run in a web server's workers
                Finalize(None, self.flush, exitpriority=self._ends)

    def _write_for_ever(self) -> None:
        while True:
            waiting = [self._queue.get()]
            self._hurry.wait(self.gather_s)
            with suppress(Empty):
                while len(waiting) < self._most_waiting:
                    waiting.append(self._queue.get_nowait())
            if items := [each for each in waiting if not isinstance(each, Event)]:
                self._write(items)
            for each in waiting:
                if isinstance(each, Event):
                    each.set()

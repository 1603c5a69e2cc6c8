"""Whoever was told 200 for a report finds it in the database, once, whatever is killed when."""

import http.client
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import pytest

from tests.faults.conftest import SOAK
from tests.faults.node import Node, report

pytestmark = [pytest.mark.server, pytest.mark.faults]

CRASHES = 5 * SOAK
SENDERS = 4
STORED_WITHIN_S = 30 * SOAK


class Reporting:
    """Sends reports until told to stop; keeps the ids of those that were answered with 200."""

    def __init__(self, node: Node) -> None:
        self.kept: list[str] = []
        self._node = node
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]

    def __enter__(self) -> "Reporting":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send(self, sender: int) -> None:
        count = 0
        while not self._stopping.wait(0.01):
            call_id, count = f"crash-{sender}-{count}", count + 1
            with suppress(OSError, http.client.HTTPException):
                if self._node.post(report(call_id)) == 200:
                    self.kept.append(call_id)


def victims(node: Node) -> dict[str, Callable[[], psutil.Process]]:
    return {"housekeeping": lambda: node.program("housekeeping"), "worker": lambda: node.front_workers()[0]}


def test_every_report_that_was_answered_with_200_is_stored_once(node: Node, note_line: Callable[[str], None]) -> None:
    chance = random.Random(1)
    with Reporting(node) as reporting:
        for crash in range(CRASHES):
            time.sleep(chance.uniform(0.2, 1.5))
            with suppress(AssertionError, IndexError, psutil.NoSuchProcess):  # it is not back yet
                victims(node)[("housekeeping", "worker")[crash % 2]]().kill()
        time.sleep(1)
    stored = stored_ids(node, reporting.kept)
    note_line(f"{CRASHES} crashes: {len(reporting.kept)} reports answered with 200, {len(stored)} stored")
    assert len(stored) == len(set(stored))
    assert set(reporting.kept) <= set(stored)
    assert len(reporting.kept) > 100


def stored_ids(node: Node, kept: list[str]) -> list[str]:
    """The ids in the database, once all that were kept have arrived or the time is up."""
    end = time.monotonic() + STORED_WITHIN_S
    while True:
        rows = node.database.ask("SELECT vapi_id FROM customers_call WHERE vapi_id LIKE 'crash-%'")
        stored = [vapi_id for (vapi_id,) in rows]
        if set(kept) <= set(stored) or time.monotonic() > end:
            return stored
        time.sleep(0.2)

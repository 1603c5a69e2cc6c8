"""Calls go before everything else: no flood of anything slows them."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial

import pytest

from personalization.environment import BASE_DIR
from tests.faults import flooding
from tests.faults.conftest import Note
from tests.faults.load import Load
from tests.faults.node import Node
from tests.faults.promises import require_promises

pytestmark = [pytest.mark.server, pytest.mark.faults]

FLOOD_SECONDS = 3
_STARTS_IN_S = 0.5


@contextmanager
def flood(name: str, node: Node) -> Iterator[None]:
    # Those who flood have machines of their own, so they give way to all that is measured.
    giving_way = [sys.executable, "-m", "personalization.orphans", str(os.getpid()), "10"]
    command = [*giving_way, "tests.faults.flooding", name, str(node.port)]
    process = subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True)
    try:
        time.sleep(_STARTS_IN_S)
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


@contextmanager
def an_import(node: Node) -> Iterator[None]:
    process = node.import_people(first=1000, count=50_000, wait=False)
    yield
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()


@contextmanager
def slow_senders(node: Node) -> Iterator[None]:
    """On each connection half a body arrives, and then nothing."""
    head = b"POST /api/assistant-selector HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as connections:
        for _ in range(2500):
            connection = connections.enter_context(socket.create_connection(("127.0.0.1", node.port)))
            connection.sendall(head + b"{" * 500)
        yield


FLOODS: dict[str, Callable[[Node], AbstractContextManager[None]]] = {
    **{name: partial(flood, name) for name in flooding.FLOODS},
    "an import of 50,000 people": an_import,
    "2,500 slow senders": slow_senders,
}


@pytest.mark.parametrize("name", FLOODS)
def test_calls_go_on_under(name: str, node: Node, note: Note) -> None:
    with Load(node) as load:
        with FLOODS[name](node):
            time.sleep(FLOOD_SECONDS)
        time.sleep(0.5)
    note(load.outcome)
    require_promises(load.outcome)

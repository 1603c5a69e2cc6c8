"""Whether Linux gives connections to whom it was told to."""

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from personalization.free_port import free_port
from personalization.listeners import Listeners
from personalization.packet_filters import hold_back, prefer_successors

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems share connections out otherwise")
MANY = 100


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    """On a free port, with somebody who listens."""
    listeners = Listeners(free_port())
    listen(listeners.sockets)
    yield listeners
    listeners.close()


def listen(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.listen(MANY)
        each.setblocking(False)


def accepted(sockets: list[socket.socket]) -> list[int]:
    """How many connections each got."""
    return [len(list(accept_all(each))) for each in sockets]


def accept_all(listener: socket.socket) -> Iterator[None]:
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            yield


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=0.3).close()


def test_successors_get_all_connections_as_soon_as_one_of_them_listens(listeners: Listeners) -> None:
    successors = listeners.more()
    prefer_successors(listeners.sockets)
    connect(listeners.port)
    assert sum(accepted(listeners.sockets)) == 1
    listen(successors)
    for _ in range(MANY):
        connect(listeners.port)
    assert accepted(listeners.sockets) == [0] * len(successors)
    shares = accepted(successors)
    assert sum(shares) == MANY
    assert min(shares) > 0
    listeners.close()
    connect(listeners.port)
    prefer_successors(successors)
    connect(listeners.port)
    assert sum(accepted(successors)) == 2
    for each in successors:
        each.close()


def test_who_is_held_back_does_not_connect(listeners: Listeners) -> None:
    connect(listeners.port)
    hold_back(listeners.sockets)
    with pytest.raises(TimeoutError):
        connect(listeners.port)
    assert sum(accepted(listeners.sockets)) == 1

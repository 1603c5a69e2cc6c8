"""The sockets of the public port, held by the one that starts the workers, so that they outlive each of them."""

import errno
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable

HOST = "127.0.0.1"
_FREE_SECONDS = 8  # what a killed server may take to give its port back
# Elsewhere the newest socket would get all connections.
_SYSTEM_SHARES_OUT = sys.platform == "linux"


class NotServed(Exception):
    """One sentence: why this port cannot be served, and what to do."""


class Listeners:
    """A socket for each worker, among which the system shares out connections; else one that all workers share.

    Connections are refused until somebody listens. Raises NotServed where another program has the port, or where we
    may not have it.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        _until_free(port, lambda: _bound(port, shared=False).close())
        self.sockets = self.more()

    def more(self) -> list[socket.socket]:
        """As many again on the same port; as long as nobody listens on them, they get no connections."""
        return [_bound(self.port, shared=True) for _ in range(workers() if _SYSTEM_SHARES_OUT else 1)]

    def replace(self, successors: list[socket.socket]) -> list[socket.socket]:
        """Holds these from now on, on which somebody listens; gives those before, to be closed."""
        before, self.sockets = self.sockets, successors
        return before

    def close(self) -> None:
        """Connections are refused once nobody else listens."""
        close(self.sockets)


def close(listeners: Iterable[socket.socket]) -> None:
    """Leaves them to those who have inherited them."""
    for each in listeners:
        each.close()


def has_listener(listener: socket.socket) -> bool:
    """Whether somebody listens on it."""
    return bool(listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def workers() -> int:
    """How many processes answer calls."""
    return max(2, min(os.cpu_count() or 1, 4))


def _until_free(port: int, bind: Callable[[], None]) -> None:
    end = time.monotonic() + _FREE_SECONDS
    while True:
        try:
            return bind()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise NotServed(f"Port {port} cannot be used ({error.strerror}): choose another, PORT=8000.") from error
        if time.monotonic() > end:
            raise NotServed(
                f"Port {port} is taken by another program: stop that, or choose another port, "
                f"as in `make run PORT={port + 1}`."
            )
        time.sleep(0.1)


def _bound(port: int, *, shared: bool) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # for what is accepted
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener

"""One worker of the front door: `python -m personalization.front_worker PULSE OWN OTHERS…`, all file descriptors.

Linux shares connections out among the sockets of a port; each worker takes those of its OWN. What arrives for another
would be lost with it, or wait for it: so when told by SIGUSR2, a worker takes what arrives at the OTHERS as well.
SIGUSR1 announces SIGTERM, which ends it once it has answered what it has accepted.
"""

import asyncio
import os
import resource
import signal
import socket
import sys
from typing import Any

from granian._granian import SocketHolder
from granian.log import LogLevels
from granian.server.embed import Server

from personalization import heartbeat
from personalization.front import app
from personalization.listeners import HOST
from personalization.web_server import ACCESS_LOG
from personalization.wsgi import serve_here

_BACKLOG = 1024
_MOST_CONNECTIONS = 16_384  # those who send slowly must not keep others out
_COVERS_SECONDS = 1.0
_SWITCH_SECONDS = 0.001  # how long calls wait for a thread that stores a report; Python's own 5 ms are many calls


class _Server(Server):
    """Granian within this process, on sockets that are there already."""

    def __init__(self, own: int, others: list[int]) -> None:
        super().__init__(
            app,
            backlog=_BACKLOG,
            backpressure=_MOST_CONNECTIONS,
            websockets=False,
            log_level=LogLevels.error,
            log_access=os.environ.get("GRANIAN_LOG_ACCESS_ENABLED") == "true",
            log_access_format=ACCESS_LOG,
        )
        self._own, self._others = own, others
        self._listener, self._covered = own, list[int]()
        self._covers_until = 0.0

    def _init_shared_socket(self) -> None:
        self._shd: Any = SocketHolder(self._listener, False, _BACKLOG)  # type: ignore[call-arg]  # its stub lacks them

    def take_leave(self) -> None:
        """Accepts no more, and closes each connection after its next answer."""
        app.take_leave()
        for each in (self._own, *self._covered):
            _listen_nowhere(each)
        while self._others:
            os.close(self._others.pop())

    def cover(self) -> None:
        """For a second from now on takes what arrives for others too: one request per connection, as it is theirs."""
        loop = asyncio.get_running_loop()
        self._covers_until = loop.time() + _COVERS_SECONDS
        if len(self.wrks) > 1:
            return
        for other in self._others:
            self._listener = os.dup(other)
            self._covered.append(self._listener)
            self._init_shared_socket()
            self._spawn_workers(self._spawn_rsgi_worker, app.answer_once)  # type: ignore[no-untyped-call]
        loop.call_at(self._covers_until, self._cease)

    def _cease(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._covers_until:
            loop.call_at(self._covers_until, self._cease)
            return
        self._covered.clear()
        while len(self.wrks) > 1:
            self.wrks.pop().terminate()  # type: ignore[no-untyped-call]


def _listen_nowhere(descriptor: int) -> None:
    """Puts a socket that nobody knows in this one's place: Granian stops accepting only together with all the rest."""
    with socket.socket() as nowhere:
        nowhere.bind((HOST, 0))
        nowhere.listen()
        nowhere.setblocking(False)
        os.dup2(nowhere.fileno(), descriptor, inheritable=False)


async def _serve(pulse: int, own: int, *others: int) -> None:
    loop, server = asyncio.get_running_loop(), _Server(own, list(others))
    loop.add_signal_handler(signal.SIGTERM, server.signal_handler_interrupt)
    loop.add_signal_handler(signal.SIGUSR1, server.take_leave)
    loop.add_signal_handler(signal.SIGUSR2, server.cover)
    beating = loop.create_task(heartbeat.beat(pulse))
    await server.serve()
    beating.cancel()


if __name__ == "__main__":
    sys.setswitchinterval(_SWITCH_SECONDS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    serve_here()
    asyncio.run(_serve(*map(int, sys.argv[1:])))

"""The web server process that `manage.py serve` starts, and how to tell whether it answers."""

import errno
import http.client
import os
import signal
import socket
import time

from personalization.free_port import free_port
from personalization.supervisor import Supervisor

HOST = "127.0.0.1"
# For who sets GRANIAN_LOG_ACCESS_ENABLED: without query strings, in which numbers stand.
_ACCESS_LOG = '[%(time)s] %(addr)s "%(method)s %(path)s %(protocol)s" %(status)d %(dt_ms).1f ms'
_COMMON = (
    *("--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "error", "--no-ws"),
    *("--access-log-fmt", _ACCESS_LOG),
)
FRONT_DOOR, PAGES = "web server", "pages"
_READY_SECONDS = 60
_FREE_SECONDS = 8  # what a killed server may take to give its port back


class NotServed(Exception):
    """One sentence: why this port cannot be served, and what to do."""


def start(supervisor: Supervisor, port: int, *, with_pages: bool) -> None:
    """Starts the front door on `port` and the pages behind it; returns when calls can be answered, and pages as well.

    Without a database there are no pages yet, which is no reason to keep calls waiting.

    Raises ProcessEnded, NotServed.
    """
    os.environ["PAGES_PORT"] = str(free_port())
    supervisor.start(PAGES, "granian", _pages(os.environ["PAGES_PORT"]), restarts=True, niceness=5)
    supervisor.start(FRONT_DOOR, "granian", _front_door(str(port)))
    for path in ("/readyz", "/admin/login/") if with_pages else ("/readyz",):
        _wait_for(supervisor, port, path)
    supervisor.keep(FRONT_DOOR)  # it gives up by itself where two workers are killed within 5.5 s


def reload(supervisor: Supervisor) -> None:
    """Replaces every worker by one with today's code, one after the other; no call notices."""
    for name in (FRONT_DOOR, PAGES):
        supervisor.signal(name, signal.SIGHUP)


def _wait_for(supervisor: Supervisor, port: int, path: str) -> None:
    end = time.monotonic() + _READY_SECONDS
    while (problem := _problem(port, path)) and time.monotonic() < end:
        supervisor.check()
        time.sleep(0.05)
    if problem:
        raise NotServed(f"The server does not become ready: {problem}")


def require_free(port: int) -> None:
    """Raises NotServed where another program listens on `port`, or where we may not."""
    end = time.monotonic() + _FREE_SECONDS
    while not _is_free(port):
        if time.monotonic() > end:
            raise NotServed(
                f"Port {port} is taken by another program: stop that, or choose another port, "
                f"as in `make run PORT={port + 1}`."
            )
        time.sleep(0.1)


def workers() -> int:
    """How many processes answer requests."""
    return max(2, min(os.cpu_count() or 1, 4))


def _front_door(port: str) -> list[str]:
    return [
        *("personalization.front:app", "--interface", "rsgi", "--host", HOST, "--port", port),
        *("--workers", str(workers()), *_COMMON),
    ]


def _pages(port: str) -> list[str]:
    return [
        *("personalization.wsgi:behind_front_door", "--interface", "wsgi", "--host", HOST, "--port", port),
        *("--workers", "2", "--blocking-threads", "8", "--blocking-threads-idle-timeout", "600", *_COMMON),
    ]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise NotServed(f"Port {port} cannot be used ({error.strerror}): choose another, PORT=8000.") from error
    return True


def _problem(port: int, path: str) -> str:
    """What keeps the server from answering at `path`; empty if nothing does."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return "" if answer.status < 400 else answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()

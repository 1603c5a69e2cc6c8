"""The web server process that `manage.py serve` starts, and how to tell whether it answers."""

import errno
import http.client
import os
import socket
import time

from personalization.supervisor import Supervisor

HOST = "127.0.0.1"
# For who sets GRANIAN_LOG_ACCESS_ENABLED: without query strings, in which numbers stand.
_ACCESS_LOG = '[%(time)s] %(addr)s "%(method)s %(path)s %(protocol)s" %(status)d %(dt_ms).1f ms'
_READY_SECONDS = 60
_FREE_SECONDS = 8  # what a killed server may take to give its port back


class NotServed(Exception):
    """One sentence: why this port cannot be served, and what to do."""


def start(supervisor: Supervisor, port: int) -> None:
    """Starts the server on `port`; returns when it can answer calls. Raises ProcessEnded, NotServed."""
    supervisor.start("web server", "granian", _arguments(port))
    end = time.monotonic() + _READY_SECONDS
    while (problem := _problem(port)) and time.monotonic() < end:
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


def _arguments(port: int) -> list[str]:
    return [
        *("personalization.wsgi:application", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", str(workers()), "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "error", "--no-ws"),
        *("--access-log-fmt", _ACCESS_LOG),
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


def _problem(port: int) -> str:
    """What keeps the server from answering calls; empty if nothing does."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return "" if answer.status == 200 else answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()

"""The web server process that `manage.py serve` starts, and how to tell whether it answers."""

import http.client
import os
import time
from collections.abc import Callable
from select import select

from personalization.free_port import free_port
from personalization.front_door import FrontDoor
from personalization.heartbeat import BEAT_SECONDS
from personalization.listeners import HOST, NotServed
from personalization.supervisor import Supervisor

# For who sets GRANIAN_LOG_ACCESS_ENABLED: without query strings, in which numbers stand.
ACCESS_LOG = '[%(time)s] %(addr)s "%(method)s %(path)s %(protocol)s" %(status)d %(dt_ms).1f ms'
PAGES = "pages"
_READY_SECONDS = 60
_ANSWER_SECONDS = 5


def start(supervisor: Supervisor, front_door: FrontDoor, port: int, *, with_pages: bool) -> None:
    """Opens the front door on this port, and the pages behind it; returns when it answers calls, and pages too.

    Without a database there are no pages yet, which is no reason to keep calls waiting.

    Raises ProcessEnded, NotServed.
    """
    os.environ["PAGES_PORT"] = str(free_port())
    supervisor.start(PAGES, "granian", _pages(os.environ["PAGES_PORT"]), restarts=True, niceness=5)
    front_door.open()
    _wait_for(supervisor, front_door, port, "/readyz")
    front_door.keep_open()
    if with_pages:
        _wait_for(supervisor, front_door, port, "/admin/login/")


def _wait_for(supervisor: Supervisor, front_door: FrontDoor, port: int, path: str) -> None:
    def meanwhile() -> None:
        supervisor.check()
        front_door.look_after()

    end = time.monotonic() + _READY_SECONDS
    while (problem := _problem(port, path, meanwhile)) and time.monotonic() < end:
        meanwhile()
        time.sleep(BEAT_SECONDS)
    if problem:
        raise NotServed(f"The server does not become ready: {problem}")


def _pages(port: str) -> list[str]:
    return [
        *("personalization.wsgi:behind_front_door", "--interface", "wsgi", "--host", HOST, "--port", port),
        *("--workers", "2", "--blocking-threads", "8", "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "error", "--no-ws"),
        *("--access-log-fmt", ACCESS_LOG),
    ]


def _problem(port: int, path: str, meanwhile: Callable[[], None]) -> str:
    """What keeps the server from answering at `path`; empty if nothing does. Waiting keeps nobody from `meanwhile`."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_SECONDS)
    end = time.monotonic() + _ANSWER_SECONDS
    try:
        connection.request("GET", path)
        while not select([connection.sock], [], [], BEAT_SECONDS)[0]:
            meanwhile()
            if time.monotonic() > end:
                return "it does not answer in time"
        answer = connection.getresponse()
        return "" if answer.status < 400 else answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()

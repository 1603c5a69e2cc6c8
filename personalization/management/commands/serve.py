"""The second half of `make run`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from assistants.later_messages import WEBHOOK
from customers import directory
from personalization import admin_account, environment, node_metrics, outage, sample_call, web_server
from personalization.front_door import FrontDoor, NotRenewed
from personalization.listeners import HOST, Listeners, NotServed
from personalization.preparation import collect_static_files, prepare
from personalization.supervisor import ProcessEnded, Supervisor, supervised

_FOLLOWER, _HOUSEKEEPING, _UPLOADS = "follower", "housekeeping", "uploads"


class Command(BaseCommand):
    help = "Prepares what is missing, then serves until Ctrl-C or SIGTERM on the port that the setting PORT names."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        port = environment.port()
        self._told_to_reload = Event()
        if not sys.stdin.isatty():  # there SIGHUP means that the terminal was closed
            signal.signal(signal.SIGHUP, lambda *_: self._told_to_reload.set())
        try:
            listeners = Listeners(port)
            prepared = self._prepare()
            collect_static_files()
            self._serve(listeners, prepared=prepared)
        except (ProcessEnded, NotServed) as error:
            raise SystemExit(str(error)) from error
        except (KeyboardInterrupt, SystemExit):
            self._say("Stopped.")

    def _prepare(self) -> bool:
        """Whether the database is ready; where it cannot be reached, this node's copy must do. Raises otherwise."""
        try:
            prepare(self._say)
        except OperationalError as error:
            if not directory.has_copy():
                raise
            self._say(outage.sentence(error))
            return False
        return True

    def _serve(self, listeners: Listeners, *, prepared: bool) -> None:
        node_metrics.forget(settings.DATA_DIR / "metrics")
        account = list(_account()) if prepared else []  # asked now, as nothing later may need the database
        with supervised() as supervisor:
            supervisor.start(_FOLLOWER, "django", ["follow"], restarts=True)
            self._wait_for_copy(supervisor)
            supervisor.start(_HOUSEKEEPING, "django", ["housekeeping"], restarts=True, niceness=3)
            supervisor.start(_UPLOADS, "django", ["import_uploads"], restarts=True, niceness=15)
            with closing(FrontDoor(supervisor, listeners)) as front_door:
                web_server.start(supervisor, front_door, listeners.port, with_pages=prepared)
                for line in _introduction(listeners.port, account):
                    self._say(line)
                connections.close_all()
                self._watch(supervisor, front_door, prepared=prepared)

    def _watch(self, supervisor: Supervisor, front_door: FrontDoor, *, prepared: bool) -> None:
        duties: list[Callable[[], object]] = [
            front_door.look_after,
            lambda: self._reload_if_told(supervisor, front_door),
        ]
        if not prepared:
            duties.append(outage.Preparation(self._say).try_again)
        # Started by make, we end with it, as one who kills make means both.
        supervisor.watch(parent=os.getppid() if "MAKELEVEL" in os.environ else None, duties=duties)

    def _reload_if_told(self, supervisor: Supervisor, front_door: FrontDoor) -> None:
        """Replaces all processes but this one by such with today's code; no call notices."""
        if not self._told_to_reload.is_set():
            return
        self._told_to_reload.clear()
        try:
            front_door.renew()
        except NotRenewed as error:
            return self._say(str(error))
        supervisor.signal(web_server.PAGES, signal.SIGHUP)
        for name in (_FOLLOWER, _HOUSEKEEPING, _UPLOADS):
            supervisor.signal(name, signal.SIGTERM)  # and it is started again

    def _wait_for_copy(self, supervisor: Supervisor) -> None:
        if directory.has_copy():
            return
        self._say("Copying customers and rules to this machine …")
        while not directory.has_copy():
            supervisor.check()
            time.sleep(0.05)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _introduction(port: int, account: list[str]) -> Iterator[str]:
    """What a newcomer needs next."""
    address = settings.PUBLIC_URL or f"http://{HOST}:{port}"
    yield f"Admin:     {address}/admin/"
    yield from account
    yield f"Webhook:   {address}{WEBHOOK}"
    if settings.VAPI_WEBHOOK_SECRETS:  # else messages are signed, and replay_message does that
        yield "A call, to be pasted in a second terminal (Ctrl-C here stops the server):"
        yield sample_call.command(port, environment.env_file())


def _account() -> Iterator[str]:
    name, password = admin_account.find(), "shown on the first run, `make password` sets a new one"
    if not name:
        name, password = admin_account.create()
    yield f"User:      {name}"
    yield f"Password:  {password}"

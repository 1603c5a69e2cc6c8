"""The second half of `make run`."""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from personalization import admin_account, environment, sample_call, web_server
from personalization.preparation import prepare
from personalization.supervisor import ProcessEnded, supervised


class Command(BaseCommand):
    help = "Prepares what is missing, then serves until Ctrl-C or SIGTERM on the port that the setting PORT names."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        port = environment.whole_number("PORT", 8000, low=1, high=65535)
        try:
            web_server.require_free(port)
            prepare(self._say)
            self._serve(port)
        except (ProcessEnded, web_server.NotServed) as error:
            raise SystemExit(str(error)) from error
        except (KeyboardInterrupt, SystemExit):
            self._say("Stopped.")

    def _serve(self, port: int) -> None:
        with supervised() as supervisor:
            web_server.start(supervisor, port)
            for line in _introduction(port):
                self._say(line)
            connections.close_all()
            # Started by make, we end with it, as one who kills make means both.
            supervisor.watch(parent=os.getppid() if "MAKELEVEL" in os.environ else None)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _introduction(port: int) -> Iterator[str]:
    """What a newcomer needs next."""
    address = settings.PUBLIC_URL or f"http://{web_server.HOST}:{port}"
    name, password = admin_account.find(), "shown on the first run, `make password` sets a new one"
    if not name:
        name, password = admin_account.create()
    yield f"Admin:     {address}/admin/"
    yield f"User:      {name}"
    yield f"Password:  {password}"
    yield f"Webhook:   {address}/api/assistant-selector"
    yield "A call, to be pasted in a second terminal (Ctrl-C here stops the server):"
    yield sample_call.command(port, environment.env_file())

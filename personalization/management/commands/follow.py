"""The process beside the web server that keeps this node's copy up to date; `serve` starts it."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from assistants.copied import DOCUMENTS
from customers.local_copy.following import follow


class Command(BaseCommand):
    help = "Keeps this node's copy of customers and rules up to date until Ctrl-C or SIGTERM; one process per node."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        follow(DOCUMENTS, stop=stop)

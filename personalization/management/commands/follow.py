"""The process beside the web server that keeps this node's copy up to date; `serve` starts it."""

from typing import Any

from django.core.management.base import BaseCommand

from assistants.copied import DOCUMENTS
from customers.local_copy.following import follow
from personalization.told_to_stop import told_to_stop


class Command(BaseCommand):
    help = "Keeps this node's copy of customers and rules up to date until Ctrl-C or SIGTERM; one process per node."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        follow(DOCUMENTS, stop=told_to_stop())

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError

from customers.spool import Spool
from personalization.storing import store_waiting
from personalization.told_to_stop import told_to_stop

_LOOK_SECONDS = 0.3
# Without a database there is no point in asking more often.
_PATIENCE_SECONDS = 2


class Command(BaseCommand):
    help = "Keeps running beside the server and does what is due: above all it stores what Vapi reported of calls."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Does what is due now, says what, and ends.")
        parser.add_argument("--retry", action="store_true", help="First lets messages that were set aside wait again.")

    def handle(self, *args: Any, **options: Any) -> None:
        spool = Spool(settings.DATA_DIR / "spool")
        spool.sweep()
        if options["retry"]:
            self.stdout.write(f"{spool.put_back()} messages that were set aside are tried again.")
        if options["once"]:
            outcomes = list(store_waiting(spool))
            self.stdout.write(f"{sum(outcomes)} messages stored, {outcomes.count(False)} set aside.")
            return
        self._keep_running(spool)

    def _keep_running(self, spool: Spool) -> None:
        stop = told_to_stop()
        pause = _LOOK_SECONDS
        while not stop.wait(pause):
            pause = _LOOK_SECONDS
            try:
                for _ in store_waiting(spool):
                    if stop.is_set():
                        break
            except (OperationalError, InterfaceError):
                pause = _PATIENCE_SECONDS

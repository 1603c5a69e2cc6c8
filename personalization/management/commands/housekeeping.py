import logging
import time
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from customers.duties_in_words import what_is_wrong
from customers.spool import Spool
from personalization import node_metrics
from personalization.regular_duties import do_what_is_due, note_that_it_runs
from personalization.storing import store_waiting
from personalization.told_to_stop import told_to_stop

logger = logging.getLogger("personalization.housekeeping")

_LOOK_SECONDS = 0.3
# Without a database there is no point in asking more often.
_PATIENCE_SECONDS = 2
_DUTIES_SECONDS = 60
_NOTE_SECONDS = 60
# Time to end between two steps; what is cut off then is done again.
_GRACE_SECONDS = 5


class Command(BaseCommand):
    help = (
        "Keeps running beside the server and does what is due: above all it stores what Vapi reported of calls; once a "
        "day it removes what is too old, and every hour it fetches missed calls where VAPI_API_KEY is set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="Does what is due now, says what, ends: with status 1 where anything failed and is not done since.",
        )
        parser.add_argument("--retry", action="store_true", help="First lets messages that were set aside wait again.")

    def handle(self, *args: Any, **options: Any) -> None:
        spool = Spool(settings.DATA_DIR / "spool")
        spool.sweep()
        if options["retry"]:
            self.stdout.write(f"{spool.put_back()} messages that were set aside are tried again.")
        if options["once"]:
            self._do_once(spool)
        else:
            _keep_running(spool)

    def _do_once(self, spool: Spool) -> None:
        for outcome in do_what_is_due(at=timezone.now(), stop=Event()):
            if not outcome.failed:
                self.stdout.write(outcome.sentence)
        note_that_it_runs(at=timezone.now())
        outcomes = list(store_waiting(spool))
        self.stdout.write(f"{sum(outcomes)} messages stored, {outcomes.count(False)} set aside.")
        if wrong := what_is_wrong(at=timezone.now()):
            raise CommandError("\n".join(wrong))


def _keep_running(spool: Spool) -> None:
    stop = told_to_stop()
    node_metrics.share(settings.DATA_DIR / "metrics")
    # Reports are stored at once, however long something else takes.
    duties = Thread(target=_do_duties, args=(stop,), name="duties", daemon=True)
    duties.start()
    _store(spool, stop)
    duties.join(_GRACE_SECONDS)


def _store(spool: Spool, stop: Event) -> None:
    pause, noted_at = _LOOK_SECONDS, float("-inf")
    while not stop.wait(pause):
        pause = _LOOK_SECONDS
        try:
            if time.monotonic() - noted_at > _NOTE_SECONDS:
                note_that_it_runs(at=timezone.now())
                noted_at = time.monotonic()
            for _ in store_waiting(spool):
                if stop.is_set():
                    break
        except (OperationalError, InterfaceError):
            connection.close()
            pause = _PATIENCE_SECONDS


def _do_duties(stop: Event) -> None:
    pause: float = 0
    while not stop.wait(pause):
        try:
            for outcome in do_what_is_due(at=timezone.now(), stop=stop):
                if outcome.count:
                    logger.info(outcome.sentence)
            pause = _DUTIES_SECONDS
        except (OperationalError, InterfaceError):
            pause = _PATIENCE_SECONDS
        except Exception:
            logger.exception("Duties broke off.")
            pause = _DUTIES_SECONDS
        finally:
            connection.close()

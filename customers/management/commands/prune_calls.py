"""Retention, by hand."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.duties import NotDone, carry_out
from customers.progress import followed
from customers.retention import DUTY, forget_set_aside, prune
from customers.spool import Spool


class Command(BaseCommand):
    help = (
        "Removes transcripts that are older than TRANSCRIPT_RETENTION_DAYS and calls that are older than "
        "CALL_RETENTION_DAYS, counted from a call's end. Housekeeping does so once a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether it is meant."""
        parser.add_argument("--dry-run", action="store_true", help="only count what would be removed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Removes, or counts, and says how many."""
        at = timezone.now()
        steps = prune(at=at, dry_run=True) if options["dry_run"] else carry_out(DUTY, prune(at=at), at=at)
        try:
            sentence = followed(steps, sys.stderr, "rows")
        except NotDone as error:
            raise CommandError(str(error)) from error
        if not options["dry_run"]:
            forget_set_aside(Spool(settings.DATA_DIR / "spool"), at=at)
        self.stdout.write(sentence, self.style.SUCCESS)

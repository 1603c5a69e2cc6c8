"""A person, forgotten."""

import getpass
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.erasing import NobodyToErase, Receipt, erase_customer
from customers.spool import Spool


class Command(BaseCommand):
    help = (
        "Erases a customer for ever, without asking: facts, numbers, history, the personal parts of all calls and of "
        "reports that wait. Imports and the API do not bring the person back, unless staff lift that in the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        parser.add_argument("external_id", metavar="EXTERNAL_ID", help="or id:<number>")
        parser.add_argument("--at-vapi", action="store_true", help="delete recordings and transcripts at Vapi too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erases, and writes the receipt."""
        if options["at_vapi"]:
            raise CommandError(
                "Nothing was erased: --at-vapi is not there yet. Without it, the receipt lists the calls to delete."
            )
        try:
            spool = Spool(settings.DATA_DIR / "spool")
            receipt = erase_customer(options["external_id"], spool=spool, by=_who(), at=timezone.now())
        except NobodyToErase as error:
            raise CommandError(str(error)) from error
        self._write(receipt)

    def _write(self, receipt: Receipt) -> None:
        for call_id in receipt.call_ids:
            self.stdout.write(call_id)
        if receipt.call_ids:
            self.stdout.write("Recordings and transcripts of the calls above still lie at Vapi: delete them there.")
        self.stdout.write(str(receipt), self.style.SUCCESS)


def _who() -> str:
    """Whose command this is; in a container, an account may have no name."""
    with suppress(KeyError, OSError, ImportError):
        return f"{getpass.getuser()} (command line)"
    return "command line"

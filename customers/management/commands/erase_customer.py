"""A person, forgotten."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.command_user import command_user
from customers.duties import NotDone
from customers.erasing import NobodyToErase, Receipt, erase_customer, preview_erasure
from customers.erasing_at_vapi import Delete, delete_at_vapi, deletion
from customers.spool import Spool


class Command(BaseCommand):
    help = (
        "Erases a customer for ever, without asking: facts, numbers, history, the personal parts of all calls and of "
        "reports that wait. Imports and the API do not bring the person back, unless staff lift that in the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        parser.add_argument("external_id", metavar="EXTERNAL_ID", help="or id:<number>")
        parser.add_argument(
            "--at-vapi", action="store_true", help="delete the calls at Vapi too: recordings, transcripts"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erases, and writes the receipt."""
        try:
            if options["dry_run"]:
                self._preview(options)
            elif options["at_vapi"]:
                with deletion(self.stderr.write) as delete:  # refuses before anything is erased
                    self._erase_at_vapi(self._erase(options), delete)
            else:
                self._list_what_is_left(self._erase(options))
        except NobodyToErase as error:
            raise CommandError(str(error)) from error
        except NotDone as error:
            raise CommandError(f"Nothing was erased. {error}") from error

    def _preview(self, options: dict[str, Any]) -> None:
        if options["at_vapi"]:
            with deletion(self.stderr.write):  # refuses as it would without --dry-run
                pass
        preview = preview_erasure(options["external_id"], spool=_spool())
        then = "would be deleted there" if options["at_vapi"] else "would stay there, without --at-vapi"
        self._list(preview.left_at_vapi, f"lie at Vapi, and {then}.")
        self.stdout.write(f"Nothing was changed (--dry-run). {preview}")

    def _erase(self, options: dict[str, Any]) -> Receipt:
        return erase_customer(options["external_id"], spool=_spool(), by=command_user(), at=timezone.now())

    def _list_what_is_left(self, receipt: Receipt) -> None:
        self._list(receipt.left_at_vapi, "still lie at Vapi: run this again with --at-vapi.")
        self.stdout.write(str(receipt), self.style.SUCCESS)

    def _list(self, calls: Sequence[str], what_of_them: str) -> None:
        for call_id in calls:
            self.stdout.write(call_id)
        if calls:
            self.stdout.write(f"Recordings and transcripts of the calls above {what_of_them}")

    def _erase_at_vapi(self, receipt: Receipt, delete: Delete) -> None:
        try:
            for call_id, why in delete_at_vapi(receipt.erasure, delete):
                self.stdout.write(f"{call_id}: {f'not deleted: {why}' if why else 'deleted at Vapi'}")
        except NotDone as error:
            self.stderr.write(str(error))
        self.stdout.write(str(receipt), self.style.SUCCESS)
        count, left = len(receipt.call_ids), len(receipt.left_at_vapi)
        if left:
            raise CommandError(f"{left} of {count} calls still lie at Vapi: run the same again to go on with them.")
        self.stdout.write(f"Of {count} {'call' if count == 1 else 'calls'} nothing is left at Vapi.")


def _spool() -> Spool:
    return Spool(settings.DATA_DIR / "spool")

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from assistants import live
from assistants.publishing import unpublished_changes
from customers.local_copy.in_force import wait_until_in_force
from personalization import demo


class Command(BaseCommand):
    help = "Takes the demo data out: its customers and calls, lines, rules, and the variants that nothing else uses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Says what would be taken out, and changes nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            removal = demo.remove()
            waits = unpublished_changes()
            transaction.set_rollback(options["dry_run"])
        names = ", ".join(removal.kept)
        kept = f" Kept, because your own rules, lines or settings use them: {names}." if names else ""
        if options["dry_run"]:
            self.stdout.write(f"Nothing was changed (--dry-run). What would go: {removal}.{kept}")
            return
        not_yet = wait_until_in_force(and_then=live.LOOK_S)
        if waits:
            not_yet = "Callers hear it once the draft is published in the admin."
        self.stdout.write(f"The demo data are out: {removal}.{kept} {not_yet}".rstrip())

from typing import Any

from django.core.management.base import BaseCommand

from assistants.publishing import unpublished_changes
from personalization import demo


class Command(BaseCommand):
    help = "Takes the demo data out: its customers and calls, lines, rules, and the variants that nothing else uses."

    def handle(self, *args: Any, **options: Any) -> None:
        kept = demo.remove()
        note = f" Kept, because your own rules, lines or settings use them: {', '.join(kept)}." if kept else ""
        wait = " Callers hear it once the draft is published in the admin." if unpublished_changes() else ""
        self.stdout.write(f"The demo data are out.{note}{wait}")

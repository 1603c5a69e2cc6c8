"""What is saved at Vapi, by name."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assistants import saved_at_vapi
from assistants.document import draft_document
from assistants.publishing import published_document
from assistants.vapi import VapiError, connected


class Command(BaseCommand):
    help = (
        "Fetches the names of assistants and squads from Vapi, and the variables they use, for staff to choose from; "
        "says which variants point nowhere. Changes no variant."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Keeps what Vapi lists, all of it or nothing."""
        try:
            with connected(self.stderr.write) as vapi:
                assistants, squads = list(vapi.list_assistants()), list(vapi.list_squads())
        except VapiError as error:
            raise CommandError(str(error)) from error
        remembered = saved_at_vapi.remember(assistants=assistants, squads=squads, at=timezone.now())
        for sentence in _warnings():
            self.stdout.write(sentence)
        self.stdout.write(str(remembered))


def _warnings() -> list[str]:
    """About each variant of the draft, and of what callers hear; once where both say the same."""
    variants = [
        (name, variant)
        for document in (published_document(), draft_document())
        for name, variant in document.get("variants", {}).items()
    ]
    found = [f"Variant “{name}”: {text}" for name, variant in variants for text in saved_at_vapi.warnings(variant)]
    return list(dict.fromkeys(found))

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistants.document import draft_document
from assistants.publishing import published_document
from assistants.rules_file import dump


class Command(BaseCommand):
    help = (
        "Writes lines, variants, variables, rules and the site's fallback as YAML, for git: what callers hear now. "
        "`load_assistants` reads it back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--draft", action="store_true", help="Writes the draft instead of what callers hear.")
        parser.add_argument(
            "file", metavar="FILE", nargs="?", default="-", help="Where to write; - or nothing: standard output."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        document = draft_document() if options["draft"] else published_document()
        text = dump(document)
        if options["file"] == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
        rules, variants = (len(document.get(section, {})) for section in ("rules", "variants"))
        self.stdout.write(f"Wrote {rules} rules and {variants} variants to {options['file']}.")

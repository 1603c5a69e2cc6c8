"""All customers as CSV."""

import io
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.exporting import export_customers
from customers.private_files import FileNotWritable, private_file


class Command(BaseCommand):
    help = "Writes all customers as CSV in the format that import_customers reads; importing it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to write."""
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="(standard output)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file, whole or not at all."""
        try:
            count = _export(options["file"])
        except FileNotWritable as error:
            raise CommandError(str(error)) from error
        sentence = f"{count:,} customer{'' if count == 1 else 's'} exported."
        # On standard output there is nothing but the table.
        (self.stderr if options["file"] == "-" else self.stdout).write(sentence, self.style.SUCCESS)


def _export(file: str) -> int:
    if file != "-":
        with private_file(Path(file)) as stream:
            return export_customers(stream)
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        return export_customers(stream)
    finally:
        stream.detach()

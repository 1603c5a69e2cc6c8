"""Writes what Vapi accepts ahead of the first variant that is saved."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistants.vapi_schema_file import SchemaNotWritten, schema_file, sdk_version, write_schema


class Command(BaseCommand):
    help = "Writes the schema of Vapi's SDK, against which variants are checked; once for each version of the SDK."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path, found = schema_file(), schema_file().exists()
            if not found:
                write_schema(path)
        except SchemaNotWritten as error:
            raise CommandError(f"Vapi's schema was not written: {error}.") from error
        done = "is already in" if found else "was written to"
        self.stdout.write(f"Vapi's schema (SDK {sdk_version()}) {done} {path}.")

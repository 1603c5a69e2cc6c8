"""Customers from people's tables, with an outcome for every row."""

import shutil
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TextIO

import phonenumbers
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DataError, IntegrityError

from customers.columns import UnknownColumns, UnusableColumns
from customers.command_user import command_user
from customers.date_cells import is_date_form
from customers.importing import ImportOptions, ImportOutcome, ImportRefused, import_customers
from customers.local_copy.in_force import wait_until_in_force
from customers.private_files import FileNotWritable
from customers.progress import ProgressLine
from customers.rejects import rejects_file, write_rejects
from customers.staging import RejectedRow
from customers.tables import Table, UnreadableTable, open_table

_SHOWN_PROBLEMS = 20
_HELP = """\
Creates and updates customers from tables: Excel workbooks (XLSX, the first visible sheet with anything in it), or text
with commas, semicolons, tabs or bars in UTF-8, UTF-16 or Windows-1252. Exports of HubSpot, Salesforce, Zendesk and
Google Contacts are read as they are, with --unknown-columns for what they hold besides.

The columns, whatever their case and spacing:
  external_id    your own id of the customer (also id, customer_id, Record ID, Contact ID);
                 id:<number> is one of our customers who has none
  name           or first_name and last_name
  phone          (also Phone Number, Mobile Phone Number, …), phone_2, phone_3, …; several in a cell with ; between
  sip_uri        sip:ada@example.com; trunk_identity: what a SIP trunk sends in a number's place
  email  tier  joined_on  language  timezone  notes  tags (with ; between)  active (yes or no)
  call_consent_at and call_consent_how   when and how the customer agreed to be called, both or none: a date, which
                 means its midnight in UTC, or a time with its zone (2026-03-01T10:30:00+01:00)
  do_not_call (yes or no)  remember_calls (no for customers who object)
  country        two letters such as GB: an attribute, and how the row's numbers without a country code are read
  attributes.<name>   facts of your own: numbers, yes/no, lists (red;green), dates (2027-01-31), any other text

A row is its customer's by external_id, else by its numbers. An empty cell leaves what is stored as it is. Where a row
has phone numbers, they become the customer's only ones; so with SIP addresses. A number that another customer has is
then shared by both. Of two rows for one customer the second is rejected. Importing the same file again changes nothing.
"""


class Command(BaseCommand):
    help = _HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """The columns in --help keep their line breaks."""
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What can be said on the command line."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a table; - is standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument(
            "--region", default=settings.DEFAULT_REGION, help="of numbers without a country code (%(default)s)"
        )
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD", help="what a column is; FIELD may be ignore"
        )
        parser.add_argument(
            "--unknown-columns", choices=[*UnknownColumns], default=UnknownColumns.REFUSE, help="(%(default)s)"
        )
        parser.add_argument(
            "--date-format",
            metavar="FORM",
            help="of dates that are not ISO's, in joined_on, call_consent_at and attributes: such as %%d/%%m/%%Y",
        )
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--create-only", action="store_true", help="leave customers that exist as they are")
        only.add_argument("--update-only", action="store_true", help="reject rows of customers that do not exist")
        parser.add_argument(
            "--rejects", type=Path, metavar="FILE", help="write rejected rows there as CSV, to be corrected"
        )
        parser.add_argument(
            "--deactivate-missing", action="store_true", help="make active customers inactive who are in no file"
        )
        parser.add_argument(
            "--yes", action="store_true", help="do not ask, even if more than 10 %% would become inactive"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports the files, or refuses all of them with one sentence."""
        chosen = _read_options(options)
        with ExitStack() as stack:
            try:
                tables = [stack.enter_context(_table(name)) for name in options["files"]]
                for table in tables:
                    self.stdout.write(str(table))
                stream = stack.enter_context(rejects_file(options["rejects"], tables)) if options["rejects"] else None
                outcome = self._import(tables, chosen, stream, yes=options["yes"])
            except (UnreadableTable, UnusableColumns, FileNotWritable, ImportRefused) as error:
                raise CommandError(str(error)) from error
            except (DataError, IntegrityError) as error:
                # Only the first line: what PostgreSQL says behind it shows the customer.
                refusal = f"PostgreSQL refused a row, which is a defect of this program: {str(error).splitlines()[0]}."
                raise CommandError(f"Nothing was changed. {refusal}") from error
        for sentence in _sentences(outcome, chosen, options["rejects"]):
            self.stdout.write(sentence)
        if not chosen.dry_run and (not_yet := wait_until_in_force()):
            self.stdout.write(not_yet)
        self.stdout.write(str(outcome))
        if outcome.rejected:
            sys.exit(1)

    def _import(
        self, tables: Sequence[Table], options: ImportOptions, rejects: TextIO | None, *, yes: bool
    ) -> ImportOutcome:
        progress = ProgressLine(sys.stderr)

        def show_and_write(rejected: Iterable[RejectedRow]) -> None:
            progress.clear()
            shown = self._show(rejected, tables)
            if rejects:
                write_rejects(rejects, tables, shown)
            else:
                deque(shown, maxlen=0)

        try:
            return import_customers(
                tables,
                options=options,
                by=command_user(),
                on_rejected=show_and_write,
                on_progress=progress,
                on_waiting=lambda: self.stderr.write("Another import is running: this one waits until it has ended."),
                confirm_deactivation=lambda missing, active: yes or _ask(missing, active),
            )
        finally:
            progress.clear()

    def _show(self, rejected: Iterable[RejectedRow], tables: Sequence[Table]) -> Iterator[RejectedRow]:
        """Passes the rows on; the first problems go to the screen."""
        count = 0
        for row in rejected:
            of_file = f"{tables[row.file].name}, " if len(tables) > 1 else ""
            for problem in row.problems:
                count += 1
                if count <= _SHOWN_PROBLEMS:
                    self.stderr.write(f"{of_file}line {row.line}{', ' if problem.column else ': '}{problem}")
            yield row
        if count > _SHOWN_PROBLEMS:
            self.stderr.write(
                f"… and {count - _SHOWN_PROBLEMS} more: --rejects FILE writes all rejected rows to a file."
            )


def _read_options(options: dict[str, Any]) -> ImportOptions:
    region = options["region"].upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise CommandError(f"--region must be a two-letter country code such as US, not “{options['region']}”.")
    if options["create_only"] and options["deactivate_missing"]:
        raise CommandError("--create-only changes no customer, so it does not go with --deactivate-missing.")
    if options["date_format"] and not is_date_form(options["date_format"]):
        raise CommandError(
            f"--date-format “{options['date_format']}” must hold the day, the month and the year, as in %d/%m/%Y."
        )
    return ImportOptions(
        region=region,
        mapping=_mapping(options["map"]),
        unknown_columns=UnknownColumns(options["unknown_columns"]),
        date_format=options["date_format"],
        **{name: options[name] for name in ("create_only", "update_only", "deactivate_missing", "dry_run")},
    )


def _mapping(texts: Iterable[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for text in texts:
        column, equals, field = (part.strip() for part in text.rpartition("="))
        if not (column and equals and field):
            raise CommandError(f"--map takes COLUMN=FIELD, as in --map “Account level=tier”, not “{text}”.")
        if fields.setdefault(column, field) != field:
            raise CommandError(f"--map says both {fields[column]} and {field} of “{column}”: which is it?")
    return fields


@contextmanager
def _table(name: str) -> Iterator[Table]:
    """The table of that name; what comes through a pipe is kept aside, as it is read more than once."""
    path = Path(name)
    if name != "-" and not path.is_fifo():
        if path.is_dir():
            raise UnreadableTable(f"{name} is a folder: name a file in it.")
        yield open_table(path)
        return
    with NamedTemporaryFile() as kept:
        with ExitStack() as stack:
            source = sys.stdin.buffer if name == "-" else stack.enter_context(path.open("rb"))
            shutil.copyfileobj(source, kept)
        kept.flush()
        yield open_table(Path(kept.name), name="standard input" if name == "-" else name)


def _ask(missing: int, active: int) -> bool:
    if not sys.stdin.isatty():
        return False
    answer = input(f"{missing} of {active} active customers are in no file and will become inactive. Go on? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


def _sentences(outcome: ImportOutcome, options: ImportOptions, rejects: Path | None) -> Iterator[str]:
    """What else is to be known beside the counts of rows."""
    if options.dry_run:
        yield "Nothing was changed (--dry-run). What would happen:"
    if count := outcome.shared_numbers:
        yield f"{count} {_plural(count, 'number is', 'numbers are')} shared by several customers now: see “main owner”."
    if count := outcome.removed_numbers:
        yield f"{count} {_plural(count, 'number', 'numbers')} taken from customers whose rows list others now."
    if count := outcome.deactivated:
        yield f"{count} {_plural(count, 'customer', 'customers')} in no file made inactive."
    if outcome.unsure_who_is_missing:
        yield "Nobody was made inactive: a rejected row might be anybody's, as it has neither id nor number."
    if rejects and outcome.rejected:
        yield f"The rejected rows are in {rejects}: correct them there and import that file."


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many

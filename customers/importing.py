"""People's tables into customers: every row is created, updated, left unchanged, or rejected with its reason.

Rows are read and checked some thousand at a time (customers/rows.py), copied into staging tables (staging.py), matched
with customers (matching.py) and compared with them (changes.py) all at once, and written in one transaction.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from typing import Protocol

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from customers import changes, matching, staging
from customers.columns import UnknownColumns, read_header
from customers.models import Import
from customers.rows import CustomerRows, RowReader
from customers.staging import RejectedRow
from customers.tables import Table

# Any number will do that no other part of this project locks.
_LOCK = 7_239_001
# Enough for a look at all cells of a column to pay, and few enough to take no memory to speak of.
_ROWS_AT_ONCE = 2_000
_ATTEMPTS = 3


class ImportRefused(ValueError):
    """An import of which nothing was done; the sentence says why."""


class OnProgress(Protocol):
    """Is told how many rows were read, and what share of all files that is (0 to 1)."""

    def __call__(self, *, rows: int, share: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """What may be done with rows."""

    create_only: bool = False
    update_only: bool = False
    deactivate_missing: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions(WriteOptions):
    """How rows are read, too; `region` is that of numbers without a country code."""

    region: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    unknown_columns: UnknownColumns = UnknownColumns.REFUSE
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of the rows (in a dry run: what would have become of them)."""

    created: int
    updated: int
    unchanged: int
    rejected: int
    removed_numbers: int
    shared_numbers: int
    deactivated: int
    unsure_who_is_missing: bool

    def __str__(self) -> str:
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged, {self.rejected} rejected"


def import_customers(
    tables: Sequence[Table],
    *,
    options: ImportOptions,
    on_rejected: Callable[[Iterable[RejectedRow]], None],
    by: str = "",
    on_progress: OnProgress = lambda *, rows, share: None,
    on_waiting: Callable[[], None] = lambda: None,
    confirm_deactivation: Callable[[int, int], bool] = lambda missing, active: False,
) -> ImportOutcome:
    """Imports all tables in one transaction; gives what became of their rows.

    An Import says that they were imported `by` somebody; a dry run leaves none.
    `on_rejected` is handed all rejected rows, one by one as they are read, before anything is final; `on_waiting` is
    called if another import is running. Where more than one customer in ten would become inactive,
    `confirm_deactivation(missing, active)` decides.

    Raises UnusableColumns, UnreadableTable and ImportRefused, after which nothing has changed.
    """
    rows = _read(tables, _readers(tables, options), on_progress)
    with transaction.atomic(), connection.cursor() as cursor:
        wait_for_others(cursor, on_waiting)
        # Statements over a million rows are worth sorting in memory, and not worth compiling.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        with _without_collections():
            total = staging.stage_rows(cursor, rows)
        if options.deactivate_missing and not total:
            raise ImportRefused("There are no rows, so --deactivate-missing would make everybody inactive.")
        names = [table.name for table in tables]
        outcome = write_staged(
            cursor, files=names, total=total, options=options, confirm_deactivation=confirm_deactivation
        )
        on_rejected(staging.rejected_rows())
        if not options.dry_run:
            record(outcome, files=names, by=by)
    return outcome


@contextmanager
def _without_collections() -> Iterator[None]:
    """Rows hold no circles: looking for some among them would take a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def record(outcome: ImportOutcome, *, files: Sequence[str], by: str) -> None:
    """Keeps that somebody imported these files, and how much that changed."""
    counts = {name: count for name, count in asdict(outcome).items() if name != "unsure_who_is_missing"}
    Import.objects.create(by=_text(by), files=_text(", ".join(files)), **counts)


def _text(name: str) -> str:
    """Names of files and accounts may hold bytes that are no text."""
    return name.encode(errors="replace").decode()


def _readers(tables: Sequence[Table], options: ImportOptions) -> list[RowReader]:
    return [
        RowReader(
            read_header(table.header, mapping=options.mapping, unknown=options.unknown_columns, name=table.name),
            header=table.header,
            region=options.region,
            date_format=options.date_format,
        )
        for table in tables
    ]


def _read(
    tables: Sequence[Table], readers: Sequence[RowReader], on_progress: OnProgress
) -> Iterator[tuple[int, CustomerRows]]:
    count = 0
    for file, (table, reader) in enumerate(zip(tables, readers, strict=True)):
        with closing(table.rows()) as rows:
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                yield file, reader.read(some)
                count += len(some)
                on_progress(rows=count, share=(file + table.share_read) / len(tables))
    on_progress(rows=count, share=1.0)


def wait_for_others(cursor: CursorWrapper, on_waiting: Callable[[], None]) -> None:
    """Until this transaction ends, no other import writes; `on_waiting` is called if one does now."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
    if not cursor.fetchone()[0]:
        on_waiting()
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def write_staged(
    cursor: CursorWrapper,
    *,
    files: Sequence[str],
    total: int,
    options: WriteOptions = WriteOptions(),
    row_name: str = "line",
    confirm_deactivation: Callable[[int, int], bool] = lambda missing, active: False,
) -> ImportOutcome:
    """Matches the `total` staged rows and writes; where somebody saved the same customer meanwhile, once more."""
    write = partial(_write, cursor, files, total, options, row_name, confirm_deactivation)
    for _ in range(_ATTEMPTS - 1):
        with suppress(IntegrityError), transaction.atomic():
            return write()
    return write()


def _write(
    cursor: CursorWrapper,
    files: Sequence[str],
    total: int,
    options: WriteOptions,
    row_name: str,
    confirm_deactivation: Callable[[int, int], bool],
) -> ImportOutcome:
    matching.match_rows(cursor, files=files, update_only=options.update_only, row_name=row_name)
    found = changes.compare(cursor, create_only=options.create_only)
    missing = _missing(cursor, options, confirm_deactivation) if options.deactivate_missing else None
    if not options.dry_run:
        changes.apply(cursor)
        if missing and not missing.unsure:
            changes.deactivate_missing(cursor)
        # What only a commit would find, here where it can be tried again.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    rejected = staging.count_rejected(cursor)
    return ImportOutcome(
        created=found.created,
        updated=found.updated,
        unchanged=total - found.created - found.updated - rejected,
        rejected=rejected,
        removed_numbers=found.removed_numbers,
        shared_numbers=found.shared_numbers,
        deactivated=missing.missing if missing and not missing.unsure else 0,
        unsure_who_is_missing=bool(missing and missing.unsure),
    )


def _missing(
    cursor: CursorWrapper, options: WriteOptions, confirm_deactivation: Callable[[int, int], bool]
) -> changes.Missing:
    found = changes.find_missing(cursor)
    many = changes.are_many(found.missing, found.active)
    if many and not (options.dry_run or found.unsure or confirm_deactivation(found.missing, found.active)):
        raise ImportRefused(
            f"Nothing was changed: {found.missing} of {found.active} active customers are in no file and would become "
            "inactive, which needs --yes."
        )
    return found

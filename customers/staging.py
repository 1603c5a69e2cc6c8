"""The rows of an import in temporary tables, where PostgreSQL matches and compares them all at once.

import_row      a row each: its number `nr`, its `file` (both from 0) and `line`; a field that is not given is NULL
import_contact  one for each form (`key`) in which a customer may have a number or address of a row
import_problem  what is wrong with a row

They belong to this connection and end with its transaction.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

from customers.models import OWN_ID_PREFIX
from customers.rows import CustomerRow, Problem

TEXTS = ("name", "email", "tier", "language", "timezone", "notes", "call_consent_how")
FACTS = (*TEXTS, "joined_on", "tags", "active", "call_consent_at", "do_not_call", "remember_calls")

_CREATE = (
    "DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_contact, pg_temp.import_problem",
    """
    CREATE TEMPORARY TABLE import_row (
        nr integer, file integer, line integer, rejected boolean, own_id bigint, external_id text,
        name text, email text, tier text, language text, timezone text, notes text, call_consent_how text,
        joined_on date, tags varchar[], active boolean, call_consent_at timestamptz, do_not_call boolean,
        remember_calls boolean, attributes jsonb
    ) ON COMMIT DROP
    """,
    """
    CREATE TEMPORARY TABLE import_contact (
        nr integer, position integer, kind text, value text, extension text, key text
    ) ON COMMIT DROP
    """,
    """
    CREATE TEMPORARY TABLE import_problem (
        id integer GENERATED ALWAYS AS IDENTITY, nr integer, "column" text, reason text
    ) ON COMMIT DROP
    """,
)
_ROW = ("nr", "file", "line", "rejected", "own_id", "external_id", *FACTS, "attributes")
_CONTACT = ("nr", "position", "kind", "value", "extension", "key")
_PROBLEM = ("nr", "column", "reason")
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not imported: its file (0 being the first), the line on which it starts, and what is wrong."""

    file: int
    line: int
    problems: tuple[Problem, ...]


def stage_rows(cursor: CursorWrapper, rows: Iterator[tuple[int, CustomerRow]]) -> int:
    """Copies all rows, each with the number of its file, into new staging tables; gives how many there were."""
    for statement in _CREATE:
        cursor.execute(statement)
    count = 0
    while batch := list(islice(rows, _BATCH)):
        numbered = [(nr, file, row) for nr, (file, row) in enumerate(batch, start=count)]
        _copy(cursor, "import_row", _ROW, (_row(nr, file, row) for nr, file, row in numbered))
        _copy(cursor, "import_contact", _CONTACT, (each for nr, _, row in numbered for each in _contacts(nr, row)))
        _copy(cursor, "import_problem", _PROBLEM, (each for nr, _, row in numbered for each in _problems(nr, row)))
        count += len(batch)
    for table in ("import_row", "import_contact", "import_problem"):
        cursor.execute(f"ANALYZE {table}")
    return count


def count_rejected(cursor: CursorWrapper) -> int:
    """How many rows have a problem."""
    cursor.execute("SELECT count(DISTINCT nr) FROM import_problem")
    return int(cursor.fetchone()[0])


def rejected_rows() -> Iterator[RejectedRow]:
    """All rows that have a problem, in the files' order, however many they are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT r.file, r.line, array_agg(coalesce(p."column", '') ORDER BY p.id), array_agg(p.reason ORDER BY p.id)
              FROM import_problem AS p JOIN import_row AS r USING (nr)
             GROUP BY r.nr, r.file, r.line
             ORDER BY r.nr
            """
        )
        for file, line, columns, reasons in cursor:
            yield RejectedRow(file, line, tuple(map(Problem, columns, reasons)))


def _copy(cursor: CursorWrapper, table: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """As CSV, since csv writes it in C, and empty cells are then NULL without a word."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    if not text.tell():
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)") as copy:
        copy.write(text.getvalue().encode())


def _row(nr: int, file: int, row: CustomerRow) -> list[Any]:
    fact = row.facts.get
    external_id = fact("external_id", "")
    own_id = external_id[len(OWN_ID_PREFIX) :] if external_id.startswith(OWN_ID_PREFIX) else None
    attributes = orjson.dumps(row.attributes).decode() if row.attributes else None
    start = [nr, file, row.line, bool(row.problems), own_id, None if own_id else external_id]
    return [*start, *map(fact, FACTS), attributes]


def _contacts(nr: int, row: CustomerRow) -> Iterator[tuple[Any, ...]]:
    for position, contact in enumerate(row.contacts):
        for key in contact.keys:
            yield nr, position, contact.kind, contact.value, contact.extension, key


def _problems(nr: int, row: CustomerRow) -> Iterator[tuple[Any, ...]]:
    for problem in row.problems:
        yield nr, problem.column, problem.reason

"""The rows of an import in temporary tables, where PostgreSQL matches and compares them all at once.

import_row      a row each: its number `nr`, its `file` (both from 0) and `line`; a field that is not given is NULL
import_contact  one for each form (`key`) in which a customer may have a number or address of a row
import_problem  what is wrong with a row

They belong to this connection and end with its transaction.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from customers.models import OWN_ID_PREFIX
from customers.rows import CustomerRows, Problem

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
# What rows are matched by; of their other columns nothing depends on how many values there are.
_ANALYZE = ("ANALYZE import_row (nr, own_id, external_id)", "ANALYZE import_contact", "ANALYZE import_problem")
_ROW = ("nr", "file", "line", "rejected", "own_id", "external_id")
_CONTACT = ("nr", "position", "kind", "value", "extension", "key")
_PROBLEM = ("nr", "column", "reason")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not imported: its file (0 being the first), the line on which it starts, and what is wrong."""

    file: int
    line: int
    problems: tuple[Problem, ...]


def stage_rows(cursor: CursorWrapper, blocks: Iterable[tuple[int, CustomerRows]]) -> int:
    """Copies all rows, each block with the number of its file, into new staging tables; gives how many there were."""
    for statement in _CREATE:
        cursor.execute(statement)
    count = 0
    # PostgreSQL takes one block in while the next one is read.
    with ThreadPoolExecutor(1) as writer:
        copying = None
        for file, rows in blocks:
            texts = _texts(count, file, rows)
            if copying:
                copying.result()
            copying = writer.submit(_copy, cursor, texts)
            count += len(rows.lines)
        if copying:
            copying.result()
    for statement in _ANALYZE:
        cursor.execute(statement)
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


def _copy(cursor: CursorWrapper, texts: Iterable[tuple[str, str]]) -> None:
    for statement, text in texts:
        with cursor.db.wrap_database_errors, cursor.copy(statement) as copy:
            copy.write(text.encode())


def _texts(first: int, file: int, rows: CustomerRows) -> list[tuple[str, str]]:
    """Each COPY that these rows need, the first of them having the number `first`, with what it copies."""
    numbers = range(first, first + len(rows.lines))
    facts = [fact for fact in FACTS if fact in rows.facts]
    columns = [rows.facts[fact] for fact in facts]
    rejected = [place in rows.problems for place in range(len(rows.lines))]
    lines = zip(numbers, repeat(file), rows.lines, rejected, *_ids(rows), *columns, rows.attributes)
    found = [
        _text("import_row", (*_ROW, *facts, "attributes"), lines),
        _text("import_contact", _CONTACT, _contacts(first, rows)),
        _text("import_problem", _PROBLEM, _problems(first, rows)),
    ]
    return [(statement, text) for statement, text in found if text]


def _text(table: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> tuple[str, str]:
    """As CSV, since csv writes it in C, and empty cells are then NULL without a word."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)", text.getvalue()


def _ids(rows: CustomerRows) -> tuple[list[str | None], list[str | None]]:
    """The numbers of ids of ours, and the external ids."""
    given = rows.fact("external_id")
    own = [each[len(OWN_ID_PREFIX) :] if each and each.startswith(OWN_ID_PREFIX) else None for each in given]
    return own, [None if number else each for number, each in zip(own, given, strict=True)]


def _contacts(first: int, rows: CustomerRows) -> Iterator[tuple[Any, ...]]:
    for nr, contacts in enumerate(rows.contacts, start=first):
        for position, (kind, value, extension, keys) in enumerate(contacts):
            for key in keys:
                yield nr, position, kind, value, extension, key


def _problems(first: int, rows: CustomerRows) -> Iterator[tuple[Any, ...]]:
    for place, problems in sorted(rows.problems.items()):
        for problem in problems:
            yield first + place, problem.column, problem.reason

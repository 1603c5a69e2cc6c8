"""PostgreSQL → a whole new file, as of one snapshot: 5 s and 290 MB per million customers."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import orjson
from django.db import connection, transaction

from customers.local_copy import file
from customers.local_copy.applying import write_document
from customers.local_copy.source import ALL_CUSTOMERS, ALL_POINTS, FIELDS, CopiedDocument, look


def fill(place: Path, documents: Sequence[CopiedDocument]) -> Path:
    """A complete file of what is committed now, not yet in its place. Raises database errors, and leaves nothing."""
    path, copy = file.create(place)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # The order of a million numbers is worth sorting in memory.
                cursor.execute("SET LOCAL work_mem = '64MB'")
            write_all(copy, documents)
    except BaseException:
        copy.close()
        path.unlink(missing_ok=True)
        raise
    return path


def write_all(copy: sqlite3.Connection, documents: Sequence[CopiedDocument]) -> None:
    """Writes what the current transaction sees into a new file, and finishes it."""
    copy.execute("BEGIN")
    found = look(documents, since=None)
    for document in documents:
        write_document(copy, document.name, document.read())
    _copy(copy, ALL_CUSTOMERS, ["int8", "bytea"], "INSERT INTO customer VALUES (?, ?)")
    _copy(copy, ALL_POINTS, ["text", "int8", "int4"], "INSERT INTO point VALUES (?, ?, ?)")
    time = found.time.isoformat()
    meta = {"fields": fields(), "source": found.source, "filled": time, "snapshot": found.snapshot, "as_of": time}
    file.finish(copy, meta)


def fields() -> str:
    """The names of the facts that this release copies, as a file says them."""
    return orjson.dumps(list(FIELDS)).decode()


def _copy(copy: sqlite3.Connection, statement: str, types: list[str], insert: str) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        rows.set_types(types)
        copy.executemany(insert, rows.rows())

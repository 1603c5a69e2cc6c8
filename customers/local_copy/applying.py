"""Changed customers, as they are now in PostgreSQL, into the file in use."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

import orjson

from customers.local_copy.source import read_customers

_POINTS = """
    SELECT point.value, point.customer, point.is_main
      FROM json_each(?) AS changed JOIN point ON point.customer = changed.value
"""


def apply_customers(copy: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Writes these customers and their numbers as they are now, and removes who is gone; again is no harm."""
    found = list(read_customers(sorted(ids)))
    wanted = {(value, owner.id, main) for owner in found for value, main in owner.points}
    gone = set(ids) - {owner.id for owner in found}
    with written(copy):
        # Most changes leave numbers alone.
        there = set(copy.execute(_POINTS, (orjson.dumps(list(ids)).decode(),)))
        copy.executemany("DELETE FROM point WHERE value = ? AND customer = ? AND is_main = ?", there - wanted)
        copy.executemany("INSERT INTO point VALUES (?, ?, ?)", wanted - there)
        copy.executemany("DELETE FROM customer WHERE id = ?", ((number,) for number in gone))
        copy.executemany("INSERT OR REPLACE INTO customer VALUES (?, ?)", ((each.id, each.facts) for each in found))


def write_document(copy: sqlite3.Connection, name: str, body: bytes) -> None:
    """Writes a document where it is another than before; readers know it by its digest."""
    digest = sha256(body).hexdigest()
    if copy.execute("SELECT digest FROM document WHERE name = ?", (name,)).fetchone() != (digest,):
        copy.execute("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", (name, digest, body))


def count_customers(copy: sqlite3.Connection) -> int:
    """How many there are: some milliseconds per million."""
    return int(copy.execute("SELECT count(*) FROM customer").fetchone()[0])


def save_position(copy: sqlite3.Connection, *, snapshot: str, as_of: str) -> None:
    """From where to go on after a restart."""
    with written(copy):
        copy.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", (("snapshot", snapshot), ("as_of", as_of)))


def forget_overwritten(copy: sqlite3.Connection) -> bool:
    """Empties the write-ahead log, where erased data would stand on; False where a reader is in the way."""
    busy, _, _ = copy.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@contextmanager
def written(copy: sqlite3.Connection) -> Iterator[None]:
    """One transaction; readers see all of it or nothing."""
    copy.execute("BEGIN IMMEDIATE")
    try:
        yield
        copy.execute("COMMIT")
    except BaseException:
        if copy.in_transaction:
            copy.execute("ROLLBACK")
        raise

"""The call path's side of the copy: each thread keeps the file in use open, and notices a new one by its inode."""

import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from customers.local_copy import file
from customers.local_copy.file import CopyUnusable

OwnerRow = tuple[str, int, int, bytes]

_OWNERS = """
    SELECT point.value, point.is_main, customer.id, customer.facts
      FROM point JOIN customer ON customer.id = point.customer
     WHERE point.value IN ({keys})
     ORDER BY point.is_main DESC
     LIMIT ?
"""
_DIGEST = "SELECT digest FROM document WHERE name = ?"
_BODY = "SELECT body FROM document WHERE name = ?"


class _Opened:
    """The file as one thread has it open; closed when the thread ends."""

    def __init__(self, place: Path, inode: tuple[int, int]) -> None:
        self.inode = inode
        self.connection = file.open_for_reading(place)
        self.fields: list[str] = orjson.loads(file.meta(self.connection)["fields"])

    def __del__(self) -> None:
        with suppress(AttributeError):
            self.connection.close()


class _Local(threading.local):
    opened: _Opened | None = None


_local = _Local()


def owners(keys: Sequence[str], *, most: int) -> tuple[list[str], list[OwnerRow]]:
    """The names of the facts, and who has these numbers or addresses: main owners first, `most` at most.

    A row is the number, whether its owner is the main one, the customer's number and the facts as JSON, in the order
    of their names. Raises CopyUnusable.
    """
    opened, rows = _ask(_OWNERS.format(keys=", ".join("?" * len(keys))), (*keys, most))
    return opened.fields, rows


def digest(name: str) -> str:
    """What tells a document from what it was before; empty where there is none. Raises CopyUnusable."""
    _, rows = _ask(_DIGEST, (name,))
    return str(rows[0][0]) if rows else ""


def document(name: str) -> bytes:
    """A document's bytes. Raises CopyUnusable, also where there is none of this name."""
    _, rows = _ask(_BODY, (name,))
    if not rows:
        raise CopyUnusable(f"The local copy holds no {name} yet.")
    return bytes(rows[0][0])


def check() -> None:
    """Raises CopyUnusable where there is no complete copy."""
    _ask("SELECT 1", ())


def forget() -> None:
    """Closes what this thread has open; the next question opens the file in use."""
    _local.opened = None


def _ask(query: str, parameters: tuple[Any, ...]) -> tuple[_Opened, list[Any]]:
    try:
        opened = _opened()
        return opened, opened.connection.execute(query, parameters).fetchall()
    except sqlite3.DatabaseError as error:
        _doubt(error)
        raise CopyUnusable(f"The local copy cannot be read: {error}.") from error


def _opened() -> _Opened:
    place = file.folder()
    try:
        found = os.stat(file.current(place))
    except OSError as error:
        raise CopyUnusable("There is no local copy yet: the follower makes it once it reaches PostgreSQL.") from error
    inode = (found.st_dev, found.st_ino)
    if _local.opened is None or _local.opened.inode != inode:
        _local.opened = _Opened(place, inode)
    return _local.opened


def _doubt(error: sqlite3.DatabaseError) -> None:
    """Asks the follower to look whether the file is damaged, which it makes anew then."""
    forget()
    if file.is_damage(error):
        with suppress(OSError):
            file.doubt(file.folder()).touch(mode=0o600)

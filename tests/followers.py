"""A follower as it runs beside a server: in a thread, on a copy of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from assistants.copied import DOCUMENTS
from customers import directory
from customers.local_copy import file, source
from customers.local_copy.following import follow

# As they are before tests/conftest.py lets every test read what it has just saved.
REAL = {"_from_copy": directory._from_copy, "copy_age": directory.copy_age}


def use_real_copy(monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path) -> Path:
    """Calls are answered from a copy in this folder, as in production; gives the copy's own folder."""
    settings.DATA_DIR = folder
    for name, real in REAL.items():
        monkeypatch.setattr(directory, name, real)
    return file.folder()


@contextmanager
def following() -> Iterator[None]:
    """A follower runs within."""
    stop = Event()
    thread = Thread(target=follow, args=[DOCUMENTS], kwargs={"stop": stop}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def in_copy() -> dict[str, Any]:
    """All that the copy in use holds of customers: facts by number, and the numbers' owners."""
    with open_copy() as copy:
        customers = dict(copy.execute("SELECT id, facts FROM customer"))
        points = set(copy.execute("SELECT value, customer, is_main FROM point"))
    return {"customers": customers, "points": points}


def in_database() -> dict[str, Any]:
    """The same as it should be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM customers_customer")
        owners = list(source.read_customers([number for (number,) in cursor.fetchall()]))
    points = {(value, owner.id, main) for owner in owners for value, main in owner.points}
    return {"customers": {owner.id: owner.facts for owner in owners}, "points": points}


@contextmanager
def open_copy() -> Iterator[Any]:
    copy = file.open_for_reading(file.folder())
    try:
        yield copy
    finally:
        copy.close()


def bytes_of(place: Path) -> bytes:
    """Everything that stands in the copy's folder, also beside the file itself."""
    return b"".join(path.read_bytes() for path in place.iterdir() if path.is_file())

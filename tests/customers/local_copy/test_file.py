"""The file itself: whose it is, and that a bad one is made anew while the old one serves."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from django.db import transaction

from customers import directory
from customers.local_copy import file, reading, source
from customers.models import Customer
from tests.conftest import customer
from tests.customers.local_copy.test_following import name, status
from tests.followers import bytes_of, following, in_copy, in_database
from tests.waiting import IN_FORCE_S, eventually


@pytest.fixture
def left(ada: Customer, place: Path) -> Path:
    """A complete copy of Ada, whose follower has ended."""
    with following():
        eventually(directory.has_copy)
    return place


def write(place: Path, *statements: str) -> None:
    """As somebody might who opens the file in use by hand."""
    connection = sqlite3.connect(file.current(place).resolve(), isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def overwrite(place: Path, content: bytes, *, at: int = 0) -> None:
    with file.current(place).resolve().open("r+b") as stream:
        stream.seek(at)
        stream.write(content)


def test_nobody_else_on_the_machine_can_read_it(followed: Path) -> None:
    customer("b", "Bela", "+13035550102")
    eventually(lambda: name("+13035550102") == "Bela", seconds=IN_FORCE_S)
    assert followed.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in followed.iterdir()} == {0o600}
    assert any(path.name.endswith("-wal") for path in followed.iterdir())


def test_who_is_erased_is_gone_from_every_byte(ada: Customer, followed: Path) -> None:
    with transaction.atomic():
        Customer.objects.bulk_create(Customer(name="P" * 150) for _ in range(500))
        customer("z", "Zacharias Unmistakable", "+13035550177", attributes={"secret": "xylophone"})
    eventually(lambda: name("+13035550177") == "Zacharias Unmistakable", seconds=IN_FORCE_S)
    assert b"xylophone" in bytes_of(followed)
    Customer.objects.filter(external_id="z").delete()
    traces = (b"Zacharias", b"xylophone", b"+13035550177")
    eventually(lambda: not any(trace in bytes_of(followed) for trace in traces), seconds=IN_FORCE_S)
    assert name() == "Ada Example"


def test_nothing_of_an_inactive_customer_is_copied(followed: Path) -> None:
    customer("z", "Zacharias", "+13035550177", active=False)
    customer("b", "Bela", "+13035550102")
    eventually(lambda: name("+13035550102") == "Bela", seconds=IN_FORCE_S)
    assert b"Zacharias" not in bytes_of(followed)
    assert b"+13035550177" not in bytes_of(followed)


UNUSABLE: dict[str, Callable[[Path], None]] = {
    "foreign": lambda place: write(place, "PRAGMA application_id = 1"),
    "half-filled": lambda place: write(place, "DELETE FROM meta WHERE key = 'complete'"),
    "marked for other data": lambda place: write(place, "UPDATE meta SET value = 'x' WHERE key = 'source'"),
    "older": lambda place: write(place, "UPDATE meta SET value = '0' WHERE key = 'layout'"),
    "no database at all": lambda place: overwrite(place, b"Dear Sir or Madam, " * 300),
    "empty": lambda place: os.truncate(file.current(place).resolve(), 0),
    "gone": lambda place: file.current(place).resolve().unlink(),
}


@pytest.mark.parametrize("spoil", UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_used_is_none_and_made_anew(spoil: Callable[[Path], None], left: Path) -> None:
    spoil(left)
    reading.forget()
    assert not directory.has_copy()
    with following():
        eventually(directory.has_copy)
        assert name() == "Ada Example"
        eventually(lambda: in_copy() == in_database(), seconds=IN_FORCE_S)


def test_a_damaged_file_is_found_and_replaced(left: Path) -> None:
    for number in range(300):
        customer(f"p{number}", "P" * 150, f"+1303555{number:04}")
    with following():
        eventually(lambda: len(in_copy()["customers"]) == 301)
    before = file.current(left).resolve()
    overwrite(left, b"\xff" * 4096 * 4, at=4096 * 6)
    with following():
        eventually(lambda: file.current(left).resolve() != before)
        eventually(lambda: in_copy() == in_database(), seconds=IN_FORCE_S)


def test_a_caller_who_meets_damage_has_the_file_made_anew(left: Path) -> None:
    with following():
        before = file.current(left).resolve()
        eventually(lambda: directory.freshness() == "live")
        size = before.stat().st_size
        overwrite(left, b"\xff" * (size - 4096), at=4096)
        with pytest.raises(file.CopyUnusable):
            status()
        eventually(lambda: file.current(left).resolve() != before, seconds=20)
        assert name() == "Ada Example"


def rewrite_meta(place: Path, **changes: str) -> None:
    """The file in use says something else of itself, and is marked as complete with that."""
    copy = sqlite3.connect(file.current(place).resolve(), isolation_level=None)
    meta = file.meta(copy) | changes
    written = meta | {"complete": file._mark(meta)}
    copy.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", written.items())
    copy.close()


def without_the_latest_fact(place: Path) -> None:
    rewrite_meta(place, fields=orjson.dumps(list(source.FIELDS)[:-1]).decode())
    write(place, "UPDATE customer SET facts = CAST(json_remove(facts, '$[#-1]') AS BLOB)")


OUTDATED: dict[str, Callable[[Path], None]] = {
    "of a release that knew less": without_the_latest_fact,
    "of another database": lambda place: rewrite_meta(place, source="1234 00000001 elsewhere"),
    "nobody followed for a week": lambda place: rewrite_meta(place, as_of="2020-01-01T00:00:00+00:00"),
}


@pytest.mark.parametrize("outdate", OUTDATED.values(), ids=OUTDATED)
def test_an_outdated_file_serves_until_the_new_one_is_there(outdate: Callable[[Path], None], left: Path) -> None:
    outdate(left)
    before = file.current(left).resolve()
    reading.forget()
    assert name() == "Ada Example"
    with following():
        eventually(lambda: file.current(left).resolve() != before)
        assert name() == "Ada Example"
        assert in_copy() == in_database()


def test_files_that_were_not_filled_to_their_end_are_swept(left: Path) -> None:
    _, unfinished = file.create(left)
    unfinished.close()
    assert len(list(left.glob("*.sqlite3"))) == 2
    with following():
        eventually(lambda: len(list(left.glob("*.sqlite3"))) == 1)
        assert name() == "Ada Example"


def test_two_followers_do_not_write_at_once(followed: Path) -> None:
    with following():
        customer("b", "Bela", "+13035550102")
        eventually(lambda: name("+13035550102") == "Bela", seconds=IN_FORCE_S)
        with file.only_writer(followed) as alone:
            assert not alone

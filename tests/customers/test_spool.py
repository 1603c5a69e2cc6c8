"""Messages that wait on disk are complete or not there, and come out in the order in which they came."""

import stat
from pathlib import Path

import pytest

from customers.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_what_is_put_waits_in_order(spool: Spool) -> None:
    for word in (b"one", b"two", b"three"):
        spool.put(word)
    assert [path.read_bytes() for path in spool.waiting()] == [b"one", b"two", b"three"]


def test_nobody_else_on_the_machine_reads_them(spool: Spool) -> None:
    spool.put(b"private")
    (path,) = spool.waiting()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_what_is_set_aside_can_be_put_back(spool: Spool) -> None:
    spool.put(b"bad")
    spool.put_aside(spool.waiting()[0])
    assert (spool.waiting(), [path.read_bytes() for path in spool.set_aside()]) == ([], [b"bad"])
    assert spool.put_back() == 1
    assert [path.read_bytes() for path in spool.waiting()] == [b"bad"]


def test_a_half_written_message_is_no_message(spool: Spool, tmp_path: Path) -> None:
    spool.put(b"whole")
    (tmp_path / "spool/.unfinished-1.json").write_bytes(b"ha")
    assert [path.read_bytes() for path in spool.waiting()] == [b"whole"]


def test_an_empty_spool_needs_no_folder(spool: Spool) -> None:
    assert (spool.waiting(), spool.set_aside(), spool.put_back()) == ([], [], 0)
    spool.sweep()

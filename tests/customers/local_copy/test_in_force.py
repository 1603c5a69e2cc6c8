"""Who changes something is told when calls know of it."""

import time
from pathlib import Path

from customers.local_copy.in_force import wait_until_in_force
from customers.models import Customer
from tests.conftest import customer
from tests.customers.local_copy.test_following import name, other_connection
from tests.followers import following
from tests.waiting import IN_FORCE_S, eventually


def test_it_returns_once_calls_know_of_it(ada: Customer, followed: Path) -> None:
    for spelling in ("Ada L.", "Ada Lovelace", "Countess of Lovelace"):
        Customer.objects.update(name=spelling)
        assert wait_until_in_force() == ""
        assert name() == spelling


def test_after_two_seconds_it_says_that_calls_do_not_know_yet(ada: Customer, followed: Path) -> None:
    eventually(lambda: name() == "Ada Example")
    with other_connection() as migration:
        migration.execute("LOCK TABLE customers_copynote IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        assert "do not know of it yet" in wait_until_in_force()
        assert 2 <= time.monotonic() - began < IN_FORCE_S


def test_where_no_server_runs_nobody_waits(ada: Customer, place: Path) -> None:
    began = time.monotonic()
    assert wait_until_in_force() == ""
    with following():
        eventually(lambda: (place / "current").exists())
    customer("b", "Bela", "+13035550102")
    assert wait_until_in_force() == ""
    assert time.monotonic() - began < 6

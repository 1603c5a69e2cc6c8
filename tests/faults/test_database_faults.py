"""Whatever happens to PostgreSQL, callers are greeted by name, and soon after it they hear what is new."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

import psycopg
import pytest

from bench.people import name_of
from tests.faults.conftest import SOAK, Note
from tests.faults.database import Database
from tests.faults.load import Load
from tests.faults.node import Node
from tests.faults.promises import require_promises
from tests.waiting import AGAIN_LIVE_S, eventually

pytestmark = [pytest.mark.server, pytest.mark.faults]

FAULT_SECONDS = min(3 * SOAK, 30)  # longer than 5 s, callers are answered `last-known`


@contextmanager
def killed(database: Database) -> Iterator[None]:
    database.end(signal.SIGKILL)
    yield
    database.start()


@contextmanager
def restarted(database: Database) -> Iterator[None]:
    database.end(signal.SIGINT)
    database.start()
    yield


@contextmanager
def refused(database: Database) -> Iterator[None]:
    database.proxy.refuse()
    yield
    database.proxy.accept()


@contextmanager
def reset(database: Database) -> Iterator[None]:
    database.proxy.reset(always=True)
    yield
    database.proxy.reset(always=False)


@contextmanager
def black_hole(database: Database) -> Iterator[None]:
    database.proxy.swallow(everything=True)
    yield
    database.proxy.swallow(everything=False)


@contextmanager
def slow(database: Database) -> Iterator[None]:
    database.proxy.slow_down(seconds=2)
    yield
    database.proxy.slow_down(seconds=0)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    with database.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE customers_customer, customers_contactpoint IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def out_of_connections(database: Database) -> Iterator[None]:
    with ExitStack() as taken:
        first = taken.enter_context(database.connect())
        _take_all(database, taken)
        first.execute("SET application_name = 'taken'")
        first.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'taken'")
        _take_all(database, taken)
        yield


def _take_all(database: Database, taken: ExitStack) -> None:
    with suppress(psycopg.OperationalError):
        while True:
            connection = taken.enter_context(database.connect())
            connection.execute("SET application_name = 'taken'")


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    database.ask("ALTER SYSTEM SET default_transaction_read_only = on")
    database.ask("SELECT pg_reload_conf()")
    yield
    database.ask("ALTER SYSTEM RESET default_transaction_read_only")
    database.ask("SELECT pg_reload_conf()")
    time.sleep(0.1)


FAULTS: dict[str, Callable[[Database], AbstractContextManager[None]]] = {
    "killed": killed,
    "frozen": Database.frozen,
    "reset": reset,
    "black hole": black_hole,
    "refused": refused,
    "slow": slow,
    "locked": locked,
    "out of connections": out_of_connections,
    "restarted": restarted,
    "read-only": read_only,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_calls_go_on_while_postgresql_is(fault: str, node: Node, note: Note) -> None:
    with Load(node) as load:
        time.sleep(0.5)
        with FAULTS[fault](node.database):
            time.sleep(FAULT_SECONDS)
        seconds = node.seconds_until_live(at_most=AGAIN_LIVE_S)
    note(load.outcome, live_again_s=seconds)
    require_promises(load.outcome)


def test_what_a_crash_takes_back_callers_no_longer_hear(node: Node) -> None:
    with node.database.losing_commits():
        node.database.ask("UPDATE customers_customer SET name = 'Taken back' WHERE external_id = 'p1'")
        eventually(lambda: node.name_heard(1) == "Taken back", seconds=AGAIN_LIVE_S)
    eventually(lambda: node.name_heard(1) == name_of(1), seconds=AGAIN_LIVE_S)
    node.seconds_until_live(at_most=AGAIN_LIVE_S)
    assert node.database.ask("SELECT name FROM customers_customer WHERE external_id = 'p1'") == [(name_of(1),)]

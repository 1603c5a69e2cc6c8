"""A thread that ends leaves no connection to the database behind."""

import gc
from collections.abc import Iterator
from threading import Thread

import pytest
from django.db import connection

from personalization import wsgi  # noqa: F401  loaded as the web server loads it
from tests.waiting import eventually


@pytest.fixture
def no_collection_by_chance() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
@pytest.mark.usefixtures("no_collection_by_chance")
def test_a_new_thread_s_connection_closes_those_of_threads_that_are_gone() -> None:
    gone = connect_in_a_thread()
    assert is_connected(gone)
    connect_in_a_thread()
    eventually(lambda: not is_connected(gone))


def connect_in_a_thread() -> int:
    """Lets a thread connect to the database and end; gives the number of PostgreSQL's process for its connection."""
    processes: list[int] = []

    def connect() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            processes.append(cursor.fetchone()[0])

    thread = Thread(target=connect)
    thread.start()
    thread.join()
    return processes[0]


def is_connected(process: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity WHERE pid = %s", [process])
        return bool(cursor.fetchone()[1])

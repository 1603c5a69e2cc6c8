"""The database is restarted while nobody calls."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from assistants import live
from tests.conftest import call_from

CURRENT = live.current


@pytest.mark.faults
@pytest.mark.django_db
def test_the_next_caller_hears_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "current", CURRENT)
    with ThreadPoolExecutor(max_workers=1) as server:
        before = server.submit(call_from, "+13035550199").result()
        drop(server.submit(postgres_process).result())
        after = server.submit(call_from, "+13035550199").result()
        server.submit(connections.close_all).result()
    assert before.reason == after.reason != "error"


def postgres_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def drop(process: int) -> None:
    """As a restart does to a connection: PostgreSQL's end of it is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])

"""An import that is killed, wherever it was, leaves everything as it was, and the next one goes through."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from customers.importing import _LOCK
from customers.models import ContactPoint, Customer, Import
from personalization.environment import BASE_DIR
from tests.conftest import customer

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

ROWS = 10_000
# What PostgreSQL is doing for it, from first to last.
MOMENTS = [
    "SELECT pg_advisory_xact_lock",
    "COPY import_row",
    "INSERT INTO customers_customer",
    "INSERT INTO customers_contactpoint",
    "SET CONSTRAINTS",
]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Ada with another name and number, and many whom nobody knows yet."""
    path = tmp_path / "people.csv"
    new = "".join(f"n{number},Person {number},+1{2_012_000_000 + number}\n" for number in range(ROWS))
    path.write_text(f"id,name,phone\nc001,Ada Byron,+13035550109\n{new}")
    return path


def started(path: Path) -> subprocess.Popen[str]:
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = os.environ | {"DATABASE_URL": f"{url}/{database['NAME']}"}
    command = [sys.executable, "manage.py", "import_customers", str(path)]
    return subprocess.Popen(
        command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def doing() -> list[str]:
    """What others do in this database at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ltrim(query, E' \\n') FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return [query for (query,) in cursor]


def wait_until(holds: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    for _ in range(6_000):
        if holds():
            return
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.005)
    raise AssertionError(doing())


def stored() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Customer, ContactPoint, Import)]


def test_everything_is_as_it_was(people: Path) -> None:
    customer("c001", "Ada Example", "+13035550101")
    before = stored()
    for moment in MOMENTS:
        with connection.cursor() as cursor:
            if moment == MOMENTS[0]:
                cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            process = started(people)
            wait_until(lambda: any(query.startswith(moment) for query in doing()), process)  # noqa: B023
            process.kill()
            process.communicate()
            cursor.execute("SELECT pg_advisory_unlock_all()")
        wait_until(lambda: not doing())
        assert stored() == before, moment
    process = started(people)
    said, _ = process.communicate()
    assert (said.splitlines()[-1], process.returncode) == (f"{ROWS} created, 1 updated, 0 unchanged, 0 rejected", 0)

"""The follower is killed at random moments, as by a power cut: its copy ends up equal all the same."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from customers import directory
from customers.models import Customer
from personalization.environment import BASE_DIR
from tests.conftest import customer
from tests.followers import in_copy, in_database
from tests.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.server
KILLS = 5


@pytest.fixture
def started(place: Path) -> "Starter":
    return Starter(place.parent)


class Starter:
    """Starts followers as the supervisor does."""

    def __init__(self, data_dir: Path) -> None:
        database = connection.settings_dict
        address = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        self._environment = os.environ | {
            "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{address}",
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "personalization.settings",
        }

    def __call__(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "django", "follow"]
        return subprocess.Popen(command, cwd=BASE_DIR, env=self._environment, start_new_session=True)


def test_nothing_is_lost(started: Starter) -> None:
    chance = random.Random(5)
    people = [customer(f"p{number}", f"P{number}", f"+1303555{number:04}") for number in range(200)]
    for kill in range(KILLS):
        follower = started()
        end = time.monotonic() + 1 + chance.random() * 2
        while time.monotonic() < end:
            some = [person.pk for person in chance.sample(people, 50)]
            Customer.objects.filter(pk__in=some).update(name=f"Kill {kill} {chance.random()}")
            time.sleep(0.02)
        follower.kill()
        follower.wait()
    Customer.objects.update(name="At last")  # of which only the next one knows
    follower = started()
    try:
        eventually(directory.has_copy)
        eventually(lambda: in_copy() == in_database(), seconds=10)
    finally:
        follower.terminate()
        assert follower.wait(PATIENCE_S) == 0

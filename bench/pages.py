"""The admin's pages and the API's lists, timed in a database of their own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.people import load_people
from bench.servers import our_environment
from personalization import embedded_postgres
from personalization.environment import BASE_DIR


def time_pages(*, calls: int, people: int) -> None:
    """Prints the times, in a throw-away PostgreSQL with that many customers and calls. Raises DatabaseUnavailable."""
    with tempfile.TemporaryDirectory(prefix="personalization-bench-") as folder, embedded_postgres.throwaway() as url:
        environment = our_environment(url, Path(folder))
        _manage(environment, "migrate", "--verbosity=0")
        _manage(environment, "collectstatic", "--noinput", "--verbosity=0")
        load_people(url, people)
        run = f"from bench.page_times import report; report(calls={calls}, people={people})"
        _manage(environment, "shell", "--verbosity=0", "-c", run)


def _manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=BASE_DIR, env=os.environ | environment, check=True)

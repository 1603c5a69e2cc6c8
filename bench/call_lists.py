"""Times the admin's pages and the API's lists at a million calls: `python -m bench.call_lists` alone takes a minute."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.people import load_people
from bench.servers import our_environment
from personalization import embedded_postgres
from personalization.environment import BASE_DIR

_PEOPLE = 100_000


def main(words: Sequence[str]) -> int:
    """Measures and prints; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.call_lists", description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000, metavar="N", help="how many calls (1,000,000)")
    time_call_lists(parser.parse_args(words).calls)
    return 0


def time_call_lists(calls: int) -> None:
    """Prints the times, in a throw-away PostgreSQL with that many calls. Raises DatabaseUnavailable."""
    with tempfile.TemporaryDirectory(prefix="personalization-bench-") as folder, embedded_postgres.throwaway() as url:
        environment = our_environment(url, Path(folder))
        _manage(environment, "migrate", "--verbosity=0")
        _manage(environment, "collectstatic", "--noinput", "--verbosity=0")
        load_people(url, _PEOPLE)
        run = f"from bench.page_times import report; report(calls={calls}, people={_PEOPLE})"
        _manage(environment, "shell", "--verbosity=0", "-c", run)


def _manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=BASE_DIR, env=os.environ | environment, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

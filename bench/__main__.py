"""Measures our server beside the Express handler of Vapi's documentation: same database, same calls, in turn."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence

from bench.calls import WrongAnswer
from bench.comparison import compare, prepared, say, warm_up
from bench.deciding import measure_deciding
from bench.importing import ImportFailed, measure_importing
from bench.measuring import Duration
from bench.node import NodeUnavailable
from bench.pages import time_pages
from bench.report import deciding_table, importing_table, table
from bench.scenarios import bare_look_up, rules_and_variables
from bench.servers import ServerFailed
from personalization.embedded_postgres import DatabaseUnavailable
from personalization.environment import BASE_DIR

_FULL = Duration(rounds=3, warm_up_s=8.0, saturation_s=3.0, steady_s=3.0)
# Too short for the peer, whose code V8 compiles after some 20,000 calls.
_QUICK = Duration(rounds=1, warm_up_s=2.0, saturation_s=1.0, steady_s=0.5)


def main(words: Sequence[str]) -> int:
    """Measures and prints; gives the exit status."""
    arguments = _parse(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        for part in [arguments.only] if arguments.only else _PARTS:
            _PARTS[part](arguments.quick, arguments.customers)
    except (NodeUnavailable, DatabaseUnavailable, ServerFailed, WrongAnswer, ImportFailed) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round on 10,000 customers, 100,000 imported")
    parser.add_argument("--only", choices=_PARTS, help="one part of it")
    parser.add_argument(
        "--customers",
        type=_customers,
        metavar="N",
        help="how many customers there are (100,000, and 1,000,000 imported)",
    )
    return parser.parse_args(words)


def _customers(word: str) -> int:
    if not word.isascii() or not word.isdecimal() or not 1 <= int(word) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{word} is not a number of customers from 1 to 10000000")
    return int(word)


def _decisions(quick: bool, customers: int | None) -> None:
    say(f"{deciding_table(measure_deciding())}\n")


def _imports(quick: bool, customers: int | None) -> None:
    rows = customers or (100_000 if quick else 1_000_000)
    say(f"Importing {rows:,} customers …")
    say(f"\n{importing_table(measure_importing(rows))}\n")


def _calls(quick: bool, customers: int | None) -> None:
    duration = _QUICK if quick else _FULL
    with prepared(customers or (10_000 if quick else 100_000)) as ground:
        warm_up(ground, duration.warm_up_s)
        for scenario in (bare_look_up(), rules_and_variables()):
            ours, peers = compare(ground, scenario, duration)
            say(f"\n{table(scenario, ours, peers)}\n")
    if quick:
        say("This was a glance: the peer has not warmed up yet and costs more than it would. `make bench` compares.")


def _pages(quick: bool, customers: int | None) -> None:
    calls = 50_000 if quick else 1_000_000
    say(f"Filling a PostgreSQL with {calls:,} calls …")
    time_pages(calls=calls, people=customers or 100_000)


def _faults(quick: bool, customers: int | None) -> None:
    """The tests of faults tell the figures at their end; they fail at three times what is promised."""
    if quick:
        return
    say("What callers notice of faults and floods, at 100 calls/s …")
    tests = [sys.executable, "-m", "pytest", "-q", "-m", "faults", "tests/faults"]
    if status := subprocess.call(tests, cwd=BASE_DIR):
        sys.exit(status)


_PARTS = {"decisions": _decisions, "imports": _imports, "calls": _calls, "pages": _pages, "faults": _faults}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

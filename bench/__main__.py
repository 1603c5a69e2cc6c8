"""Measures our server beside the Express handler of Vapi's documentation: same database, same calls, in turn."""

import argparse
import signal
import sys
from collections.abc import Sequence

from bench.call_lists import time_call_lists
from bench.calls import WrongAnswer
from bench.comparison import compare, prepared, say, warm_up
from bench.deciding import measure_deciding
from bench.measuring import Duration
from bench.node import NodeUnavailable
from bench.report import deciding_table, table
from bench.scenarios import bare_look_up, rules_and_variables
from bench.servers import ServerFailed
from personalization.embedded_postgres import DatabaseUnavailable

_FULL = Duration(rounds=3, warm_up_s=8.0, saturation_s=3.0, steady_s=3.0)
# Too short for the peer, whose code V8 compiles after some 20,000 calls.
_QUICK = Duration(rounds=1, warm_up_s=2.0, saturation_s=1.0, steady_s=0.5)


def main(words: Sequence[str]) -> int:
    """Measures and prints; gives the exit status."""
    arguments = _parse(words)
    customers, duration = (10_000, _QUICK) if arguments.quick else (100_000, _FULL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        _run(arguments.customers or customers, duration)
    except (NodeUnavailable, DatabaseUnavailable, ServerFailed, WrongAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round on 10,000 customers")
    parser.add_argument("--customers", type=_customers, metavar="N", help="how many customers there are (100,000)")
    return parser.parse_args(words)


def _customers(word: str) -> int:
    if not word.isascii() or not word.isdecimal() or not 1 <= int(word) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{word} is not a number of customers from 1 to 10000000")
    return int(word)


def _run(customers: int, duration: Duration) -> None:
    say(f"{deciding_table(measure_deciding())}\n")
    with prepared(customers) as ground:
        warm_up(ground, duration.warm_up_s)
        for scenario in (bare_look_up(), rules_and_variables()):
            ours, peers = compare(ground, scenario, duration)
            say(f"\n{table(scenario, ours, peers)}\n")
    say("Filling another PostgreSQL with calls …")
    time_call_lists(50_000 if duration is _QUICK else 1_000_000)
    if duration is _QUICK:
        say("This was a glance: the peer has not warmed up yet and costs more than it would. `make bench` compares.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

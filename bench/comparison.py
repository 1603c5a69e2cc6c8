"""The two servers beside each other: same database, same calls, in turn."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import psutil

from bench.load import prepare_process, saturate
from bench.measuring import Duration, Figures, measure_round, take_together
from bench.node import find_node, install_packages
from bench.people import load_people
from bench.scenarios import Scenario
from bench.servers import Server, our_environment, our_server, peer, postgres_of
from personalization import embedded_postgres
from personalization.environment import BASE_DIR

# Within so many seconds every process decides by what was published.
_IN_FORCE_S = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """All that stays the same between rounds: the servers and their PostgreSQL, and the process that makes the load."""

    ours: Server
    peer: Server
    postgres: psutil.Process
    generator: ProcessPoolExecutor
    environment: dict[str, str]


@contextmanager
def prepared(customers: int) -> Iterator[Ground]:
    """A throw-away PostgreSQL with that many customers, and both servers on it.

    Raises NodeUnavailable, DatabaseUnavailable, ServerFailed and WrongAnswer.
    """
    node = find_node()
    install_packages(node)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="personalization-bench-")))
        say(f"Starting PostgreSQL and loading {customers:,} customers …")
        database_url = stack.enter_context(embedded_postgres.throwaway())
        environment = our_environment(database_url, folder)
        _manage(environment, "migrate")
        load_people(database_url, customers)
        say(f"Starting both servers, the peer with Node.js {node.version()} …")
        yield Ground(
            ours=stack.enter_context(our_server(environment, folder, customers)),
            peer=stack.enter_context(peer(node, database_url, folder, customers)),
            postgres=postgres_of(database_url),
            generator=stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"), prepare_process)),
            environment=environment,
        )


def warm_up(ground: Ground, seconds: float) -> None:
    """Lets both servers fill their caches and compile their code. Raises WrongAnswer."""
    say("Warming up …")
    for server in (ground.ours, ground.peer):
        ground.generator.submit(saturate, server.target, seconds).result()


def compare(ground: Ground, scenario: Scenario, duration: Duration) -> tuple[Figures, Figures]:
    """Our figures and the peer's in this scenario, from rounds that take turns. Raises WrongAnswer."""
    _load(ground.environment, scenario)
    ours, peers = [], []
    for number in range(1, duration.rounds + 1):
        say(f"{scenario.title}: round {number} of {duration.rounds} …")
        ours.append(measure_round(ground.ours, ground.postgres, duration, ground.generator))
        peers.append(measure_round(ground.peer, ground.postgres, duration, ground.generator))
    return take_together(ours), take_together(peers)


def say(line: str) -> None:
    """Prints a line at once, also into a pipe."""
    print(line, flush=True)


def _load(environment: dict[str, str], scenario: Scenario) -> None:
    """Puts the scenario into the draft and publishes it; returns once our server answers by it."""
    _manage(environment, "loaddata", "--format=json", "-", stdin=json.dumps(scenario.rows))
    _manage(environment, "shell", "-c", "from assistants.publishing import publish_draft; publish_draft(note='Bench')")
    time.sleep(_IN_FORCE_S)


def _manage(environment: dict[str, str], *words: str, stdin: str = "") -> None:
    command = [sys.executable, "manage.py", *words, "--verbosity=0"]
    silence = subprocess.DEVNULL
    subprocess.run(
        command, cwd=BASE_DIR, env=os.environ | environment, input=stdin, text=True, check=True, stdout=silence
    )

"""One database behind a proxy and one server for all faults; the figures stand at the end of the run."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.faults import figures
from tests.faults.database import Database
from tests.faults.load import Outcome
from tests.faults.node import Node

SOAK = int(os.environ.get("SOAK", "1"))
_FIGURES: list[str] = []


class Note(Protocol):
    """Keeps a test's figures for the end; `what` where it has more than one to tell."""

    def __call__(
        self, outcome: Outcome, remark: str = "", *, live_again_s: float | None = None, what: str = ""
    ) -> None: ...


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """PostgreSQL behind the proxy."""
    database = Database()
    yield database
    database.close()


@pytest.fixture(scope="session")
def disk() -> Iterator[Path]:
    """Where the server keeps its data: a small file system of its own, where we may mount one."""
    folder = Path(tempfile.mkdtemp(prefix="personalization-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", folder], capture_output=True)
    yield folder
    if mounted.returncode == 0:
        subprocess.run(["umount", "-l", folder], check=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def only_node(database: Database, disk: Path) -> Iterator[Node]:
    """A server with people in its database."""
    node = Node(database, disk)
    try:
        node.start()
        node.add_people()
        yield node
    finally:
        node.stop()


@pytest.fixture
def node(only_node: Node) -> Node:
    """The server, live and whole before each test."""
    only_node.seconds_until_live(at_most=15)
    return only_node


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Keeps a test's figures for the end."""

    def note(outcome: Outcome, remark: str = "", *, live_again_s: float | None = None, what: str = "") -> None:
        _FIGURES.append(figures.line(what or request.node.name, outcome, live_again_s=live_again_s, remark=remark))

    return note


@pytest.fixture
def note_line() -> Callable[[str], None]:
    """Keeps a line of a test's own for the end."""
    return _FIGURES.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows the figures."""
    if _FIGURES:
        terminalreporter.section("what the faults cost")
        for line in (figures.HEAD, *_FIGURES):
            terminalreporter.write_line(line)

"""How long an import takes beside a raw COPY of the same rows into one table with the same columns and indexes."""

import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.people import COPIED_COLUMNS, IMPORTED_COLUMNS, copied_person, imported_person
from bench.servers import cpu_s, our_environment, postgres_of
from personalization import embedded_postgres
from personalization.environment import BASE_DIR

_RAW_TABLE = """
    CREATE TABLE raw_customers (LIKE customers_customer INCLUDING ALL, phone varchar(300) NOT NULL);
    CREATE INDEX ON raw_customers (phone);
"""
_RAW_COPY = f"COPY raw_customers ({', '.join(COPIED_COLUMNS)}) FROM STDIN WITH (FORMAT csv)"
_BLOCK = 1024 * 1024
_SILENT = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]


class ImportFailed(Exception):
    """The import did not end well; the sentence says where its words are."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What bringing the rows in took: seconds, seconds of CPU (PostgreSQL's with them), bytes of PostgreSQL's log."""

    seconds: float
    cpu: float
    log: int


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """So many rows by a raw COPY, by import_customers, and by import_customers once more; its memory in bytes."""

    rows: int
    copied: Effort
    imported: Effort
    again: Effort
    memory: int


def measure_importing(rows: int) -> ImportFigures:
    """Brings generated customers into an empty database of its own. Raises DatabaseUnavailable and ImportFailed."""
    with tempfile.TemporaryDirectory(prefix="personalization-bench-") as name, embedded_postgres.throwaway() as url:
        table, values = Path(name, "people.csv"), Path(name, "values.csv")
        _write(table, [IMPORTED_COLUMNS], map(imported_person, range(rows)))
        _write(values, [], map(copied_person, range(rows)))
        environment = our_environment(url, Path(name))
        _manage(environment, "migrate", "--verbosity=0")
        copied, _ = _measure(url, lambda: _copy(url, values))
        imported, memory = _measure(url, lambda: _manage(environment, "import_customers", str(table)))
        again, _ = _measure(url, lambda: _manage(environment, "import_customers", str(table)))
    return ImportFigures(rows, copied, imported, again, memory)


@dataclass(frozen=True, slots=True)
class _Own:
    """What a process took, PostgreSQL's left aside: seconds of CPU, and bytes of memory at its largest."""

    cpu: float
    memory: int = 0


def _measure(url: str, load: Callable[[], _Own]) -> tuple[Effort, int]:
    postgres = postgres_of(url)
    log, cpu, start = _log_position(url), cpu_s(postgres), time.monotonic()
    own = load()
    seconds = time.monotonic() - start
    effort = Effort(seconds, cpu=cpu_s(postgres) - cpu + own.cpu, log=_log_position(url) - log)
    return effort, own.memory


def _log_position(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")  # each begins with as little left to write
        [[position]] = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'")
        return int(position)


def _copy(url: str, values: Path) -> _Own:
    start = time.process_time()
    with psycopg.connect(url) as connection, values.open("rb") as stream:
        connection.execute(_RAW_TABLE)
        with connection.cursor().copy(_RAW_COPY) as copy:
            while block := stream.read(_BLOCK):
                copy.write(block)
    return _Own(time.process_time() - start)


def _manage(environment: dict[str, str], *words: str) -> _Own:
    command = [sys.executable, str(BASE_DIR / "manage.py"), *words]
    child = os.posix_spawn(command[0], command, os.environ | environment, file_actions=_SILENT)
    _, status, used = os.wait4(child, 0)
    if status:
        raise ImportFailed(f"manage.py {words[0]} did not end well: its words stand above.")
    return _Own(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _write(path: Path, header: Iterable[Sequence[object]], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows(header)
        writer.writerows(rows)

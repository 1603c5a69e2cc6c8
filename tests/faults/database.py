"""A PostgreSQL of its own that can be killed, frozen and started again."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

from personalization import embedded_postgres
from tests.faults.proxy import Proxy

_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "50"}


class Database:
    """The server in a folder of its own; `url` leads to it through `proxy`."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="personalization-faults-"))
        self._folder.chmod(0o711)
        self._running = ExitStack()
        self.proxy = Proxy()
        self.start()
        self.url = self._direct.replace(f":{self.proxy.target}/", f":{self.proxy.port}/")

    def start(self) -> None:
        """Starts it where it does not run; it then listens on another port."""
        self._direct = self._running.enter_context(embedded_postgres.running(self._folder, _SETTINGS))
        self.proxy.target = urlsplit(self._direct).port or 0

    def connect(self) -> psycopg.Connection[Any]:
        """A connection past the proxy."""
        return psycopg.connect(self._direct, autocommit=True)

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """The rows of one statement, past the proxy."""
        with self.connect() as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def processes(self) -> list[psutil.Process]:
        """The server, and a process for each of its connections."""
        pid = int((self._folder / "postgres/data/postmaster.pid").read_text().split("\n")[0])
        server = psutil.Process(pid)
        return [server, *server.children(recursive=True)]

    @contextmanager
    def losing_commits(self) -> Iterator[None]:
        """What is committed within never reaches the disk, and the crash at the end takes it back."""
        self.ask("ALTER SYSTEM SET synchronous_commit = off")
        self.ask("SELECT pg_reload_conf()")
        time.sleep(0.1)
        ((pid,),) = self.ask("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
        writer = psutil.Process(pid)
        writer.suspend()
        yield
        writer.kill()  # after which PostgreSQL starts again by itself, from what is on the disk
        writer.wait(10)

    def end(self, number: signal.Signals) -> None:
        """Ends it by this signal to the server process."""
        processes = self.processes()
        processes[0].send_signal(number)
        end = time.monotonic() + 10
        while any(_runs(process) for process in processes) and time.monotonic() < end:
            time.sleep(0.02)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All of it stands still within."""
        processes = self.processes()
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def close(self) -> None:
        """Stops it and forgets it."""
        self._running.close()
        self.proxy.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _runs(process: psutil.Process) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE

"""One PostgreSQL data directory and the server process that serves it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from personalization.free_port import free_port
from personalization.postgres_creation import create
from personalization.postgres_programs import (
    Account,
    DatabaseUnavailable,
    account_for,
    clean_environment,
    programs,
)

_NAME = "personalization"  # the database and its owner
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    # Values of rows stay out of the log: the one who asked gets the error in full anyhow.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_START_SECONDS = 60
_STOP_SECONDS = 10
_LOG_BYTES = 1_000_000
_WORTH_ANOTHER_TRY = ("Address already in use", "pre-existing shared memory block")


@dataclass(frozen=True)
class Cluster:
    """The database in `data_dir`/postgres; whoever calls its methods holds the lock of embedded_postgres."""

    data_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """Holds the data directory, its password and the server's log: they come and go together."""
        return self.data_dir / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "data"

    @property
    def password(self) -> Path:
        """The file that holds the password; without it nobody gets in."""
        return self.home / "password"

    def ensure_running(self) -> str:
        """Finds, starts or first creates the server; its address as DATABASE_URL wants it, or DatabaseUnavailable."""
        try:
            if not self.home.exists():
                self._create()
            port = self._running_port() or self._start()
            return f"postgres://{_NAME}:{self.password.read_text()}@127.0.0.1:{port}/{_NAME}"
        except OSError as error:
            raise DatabaseUnavailable(f"The database in {self.home} cannot be started: {error}.") from error

    def stop(self) -> None:
        """Ends every connection and stops the server, if it runs."""
        # One that is told to stop while it recovers from a crash may wait for ever; it then recovers on the next start.
        for way in (signal.SIGINT, signal.SIGQUIT):
            if pid := self._server_pid():
                os.kill(pid, way)
                self._wait_for_end(pid)

    def _wait_for_end(self, pid: int) -> None:
        for _ in _until_timeout(_STOP_SECONDS):
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if self._server_pid() != pid:
                return

    def _create(self) -> None:
        account = account_for(self.data)
        account.require_entry(self.data_dir)
        create(self.home, account=account, owner=_NAME, durable=self.settings.get("fsync") != "off")

    def _start(self) -> int:
        account = account_for(self.data)
        account.require_entry(self.data_dir)
        words = ""
        for _ in _until_timeout(_START_SECONDS):
            port, logged = free_port(), self._trim_log()
            process = self._launch(account, port)
            try:
                if self._comes_up(process, port):
                    return port
            except BaseException:
                process.terminate()
                process.wait()
                raise
            words = self._log.read_bytes()[logged:].decode(errors="replace")
            if not any(reason in words for reason in _WORTH_ANOTHER_TRY):
                break
        raise DatabaseUnavailable(f"PostgreSQL did not start: {_complaint(words)} (its log: {self._log}).")

    def _launch(self, account: Account, port: int) -> subprocess.Popen[bytes]:
        major = (self.data / "PG_VERSION").read_text().strip()
        settings = _SETTINGS | {"port": str(port)} | dict(self.settings)
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [programs(major, account, self.data_dir) / "postgres", "-D", self.data, *options],
                cwd="/",
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account.keywords,
            )

    def _comes_up(self, process: subprocess.Popen[bytes], port: int) -> bool:
        """Waits until the server answers, or has given up."""
        for _ in _until_timeout(_START_SECONDS):
            if process.poll() is not None:
                return False
            with suppress(psycopg.OperationalError):
                self._ensure_database(port)
                process.returncode = 0  # It may outlive us: Python need not warn that it still runs.
                return True
        raise DatabaseUnavailable(f"PostgreSQL does not come up (its log: {self._log}).")

    def _ensure_database(self, port: int) -> None:
        with psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=_NAME,
            password=self.password.read_text(),
            dbname="postgres",
            connect_timeout=5,
            sslmode="disable",
            require_auth="scram-sha-256",
            autocommit=True,
        ) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [_NAME]).rowcount:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_NAME)))

    def _running_port(self) -> int | None:
        """The port of the server that is up already, also one that a killed process left behind."""
        if "stopping" in self._pid_file()[7:]:
            self.stop()
        for _ in _until_timeout(_START_SECONDS):
            if not (pid := self._server_pid()):
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                return None
            with suppress(psycopg.OperationalError, ValueError, IndexError):
                port = int(self._pid_file()[3])
                self._ensure_database(port)
                return port
        raise DatabaseUnavailable(f"PostgreSQL (process {pid}) runs but does not answer (its log: {self._log}).")

    def _server_pid(self) -> int | None:
        """The process that serves this directory: what postmaster.pid names, unless another has that number by now."""
        try:
            pid = int(self._pid_file()[0])
        except (ValueError, IndexError):
            return None
        return pid if _works_in(pid, self.data) else None

    def _pid_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    @property
    def _log(self) -> Path:
        return self.home / "server.log"

    def _trim_log(self) -> int:
        """Begins the log anew when it has grown long; its length."""
        self._log.touch(0o600)
        if self._log.stat().st_size > _LOG_BYTES:
            self._log.write_bytes(b"")
        return self._log.stat().st_size


def _complaint(words: str) -> str:
    """The last of the server's words that says why it gave up."""
    lines = words.strip().splitlines() or ["it said nothing"]
    fatal = [line for line in lines if "FATAL:" in line] or lines
    return fatal[-1].split("FATAL:")[-1].strip()


def _works_in(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server in `data`, as far as the system lets us see."""
    with suppress(OSError):
        return os.path.samefile(f"/proc/{pid}/cwd", data)
    if Path(f"/proc/{os.getpid()}").exists():
        with suppress(OSError):
            return str(data) in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        return False
    shown = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(data) in shown.stdout


def _until_timeout(seconds: float) -> Iterator[None]:
    """Turns of a loop, a little apart, until `seconds` have passed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.05)

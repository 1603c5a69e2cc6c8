"""The database that the project starts itself: private, shared while in use, and up again after every accident."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from personalization import embedded_postgres, postgres_cluster, postgres_programs
from personalization.embedded_postgres import DatabaseUnavailable, running
from personalization.environment import BASE_DIR
from personalization.postgres_cluster import Cluster
from tests.waiting import eventually

pytestmark = pytest.mark.server

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives PostgreSQL another account")
USE_IT = """
import sys, time
from pathlib import Path
from personalization.embedded_postgres import running
with running(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter, as pytest's own are not; its server is stopped in the end."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "data of this test"
        yield folder
        Cluster(folder).stop()


@contextmanager
def another_process(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """One that uses the database until its stdin closes; has printed the address."""
    command = [sys.executable, "-c", USE_IT, str(data_dir)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=BASE_DIR) as process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def is_running(pid: int) -> bool:
    """Whether the process works on; one that only waits to be buried does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchone() if cursor.description else None


def shown(url: str, setting: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SHOW {setting}".encode()).fetchone()
    assert row
    return str(row[0])


def kill_while_it_asks(url: str, question: str) -> None:
    """What the kernel does to a process of the server when memory runs out."""
    # Closed without a commit, for which a connection with a question under way is not free.
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        pid = connection.info.backend_pid
        connection.pgconn.send_query(question.encode())
        eventually(lambda: ask(url, f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'"))
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not is_running(pid))


def test_data_outlive_the_server(data_dir: Path) -> None:
    with running(data_dir) as url:
        ask(url, "CREATE TABLE kept AS SELECT 'Ada' AS name")
        pid = server_pid(data_dir)
    assert not is_running(pid)
    with running(data_dir) as url:
        assert ask(url, "SELECT name FROM kept") == ("Ada",)


def test_any_folder_will_do(data_dir: Path) -> None:
    folder = data_dir / "with spaces, 'quotes', $(odd) signs and a name so long" / ("x" * 150)
    with running(folder) as url:
        assert ask(url, "SELECT lower('ÄÖÜ')") == ("äöü",)
    Cluster(folder).stop()


def test_nobody_gets_in_without_the_password(data_dir: Path) -> None:
    with running(data_dir) as url:
        assert ask(url, "SHOW unix_socket_directories") == ("",)
        assert ask(url, "SHOW listen_addresses") == ("127.0.0.1",)
        password = str(psycopg.conninfo.conninfo_to_dict(url)["password"])
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            ask(url.replace(password, "guessed"), "SELECT 1")
    assert (data_dir / "postgres/password").stat().st_mode & 0o777 == 0o600
    assert (data_dir / "postgres/data").stat().st_mode & 0o777 == 0o700


def test_what_rows_hold_stays_out_of_the_log(data_dir: Path) -> None:
    with running(data_dir) as url:
        for mistake in (
            "CREATE TABLE people (number text PRIMARY KEY); INSERT INTO people VALUES ('+1303'), ('+1303')",
            "SELECT '+1303 and more'::int",
            "SELECT pg_terminate_backend(pg_backend_pid()), '+1303'",
        ):
            with pytest.raises(psycopg.Error):
                ask(url, mistake)
        kill_while_it_asks(url, "SELECT '+1303', pg_sleep(60)")
        with running(data_dir):  # waits until the server has recovered
            pass
    assert "terminated by signal 9" in (data_dir / "postgres/server.log").read_text()
    assert "+1303" not in (data_dir / "postgres/server.log").read_text()


def test_settings_for_another_server_do_not_bend_it(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGSSLMODE": "require", "PGSERVICE": "none", "PGDATA": "/", "PGPORT": "1"}.items():
        monkeypatch.setenv(name, value)
    with running(data_dir) as url:
        assert ask(url, "SELECT 1") == (1,)


def test_the_last_user_stops_it(data_dir: Path) -> None:
    with another_process(data_dir) as other:
        url = address(other)
        with running(data_dir) as ours:
            assert ours == url
        assert ask(url, "SELECT 1") == (1,)
        pid = server_pid(data_dir)
        other.communicate()
    assert not is_running(pid)


def test_two_may_start_it_at_once(data_dir: Path) -> None:
    with another_process(data_dir) as one, another_process(data_dir) as two:
        assert address(one) == address(two) != ""


def test_a_server_left_by_a_killed_process_is_used_again(data_dir: Path) -> None:
    with another_process(data_dir) as other:
        url = address(other)
        pid = server_pid(data_dir)
        other.kill()
    assert is_running(pid)
    with running(data_dir) as ours:
        assert ours == url
    assert not is_running(pid)


def test_a_killed_server_comes_back_with_all_its_rows(data_dir: Path) -> None:
    with another_process(data_dir) as other:
        url = address(other)
        ask(url, "CREATE TABLE kept AS SELECT 'Ada' AS name")
        other.kill()
        os.kill(server_pid(data_dir), signal.SIGKILL)
    with running(data_dir) as url:
        assert ask(url, "SELECT name FROM kept") == ("Ada",)


def test_a_server_that_is_told_to_stop_while_it_recovers(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_cluster, "_STOP_SECONDS", 1)
    with running(data_dir) as url:
        pid = server_pid(data_dir)
        kill_while_it_asks(url, "SELECT pg_sleep(60)")
    assert not is_running(pid)
    with running(data_dir) as url:
        assert ask(url, "SELECT 1") == (1,)


def test_a_stopped_machine_leaves_a_number_that_others_may_have_now(data_dir: Path) -> None:
    with running(data_dir):
        record = (data_dir / "postgres/data/postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as innocent:
        time.sleep(0.1)
        (data_dir / "postgres/data/postmaster.pid").write_text("\n".join([str(innocent.pid), *record[1:]]))
        with running(data_dir) as url:
            assert ask(url, "SELECT 1") == (1,)
        assert innocent.poll() is None
        innocent.kill()


def test_a_creation_cut_short_is_begun_again(data_dir: Path) -> None:
    (data_dir / "postgres.new/data/base").mkdir(parents=True)
    with running(data_dir) as url:
        assert ask(url, "SELECT 1") == (1,)


def test_data_of_a_version_that_is_not_here(data_dir: Path) -> None:
    with running(data_dir):
        pass
    (data_dir / "postgres/data/PG_VERSION").write_text("13\n")
    with pytest.raises(DatabaseUnavailable, match="is of PostgreSQL 13"), running(data_dir):
        pass


def test_data_that_do_not_start(data_dir: Path) -> None:
    with running(data_dir):
        pass
    with (data_dir / "postgres/data/postgresql.conf").open("a") as configuration:
        configuration.write("nonsense = 1\n")
    with (
        pytest.raises(DatabaseUnavailable, match=r"did not start: .*configuration file .* contains errors"),
        running(data_dir),
    ):
        pass


def test_no_programs_for_this_system(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_programs, "find_spec", lambda name: None)
    with pytest.raises(DatabaseUnavailable, match="set DATABASE_URL=postgres://"), running(data_dir):
        pass


def test_a_folder_that_cannot_be_made() -> None:
    with pytest.raises(DatabaseUnavailable, match=r"/proc/none.* set DATA_DIR"), running(Path("/proc/none")):
        pass


@AS_ROOT
def test_as_root_it_runs_as_somebody_else(data_dir: Path) -> None:
    with running(data_dir):
        assert Path(f"/proc/{server_pid(data_dir)}").stat().st_uid != 0


@AS_ROOT
def test_as_root_in_a_folder_of_roots_own(data_dir: Path) -> None:
    data_dir.mkdir(0o700)
    refusal = pytest.raises(DatabaseUnavailable, match=r"account nobody.* cannot enter .*: set DATA_DIR")
    with refusal, running(data_dir / "inside"):
        pass


@AS_ROOT
def test_as_root_with_the_programs_out_of_reach(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reach = postgres_programs.Account.can_run
    own = str(BASE_DIR / ".venv")
    monkeypatch.setattr(
        postgres_programs.Account, "can_run", lambda self, program: own not in str(program) and reach(self, program)
    )
    with running(data_dir) as url:
        assert ask(url, "SELECT 1") == (1,)
        assert str(data_dir) in os.readlink(f"/proc/{server_pid(data_dir)}/exe")


def test_a_throwaway_leaves_nothing() -> None:
    with embedded_postgres.throwaway() as url:
        assert ask(url, "SELECT 1") == (1,)
        folder = shown(url, "data_directory")
    assert not Path(folder).parent.parent.exists()


def test_a_throwaway_of_a_killed_process_is_swept_up() -> None:
    command = [
        sys.executable,
        "-c",
        USE_IT.replace("running(Path(sys.argv[1]))", "throwaway()").replace("import running", "import throwaway"),
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=BASE_DIR) as process:
        folder = shown(address(process), "data_directory")
        pid = server_pid(Path(folder).parent.parent)
        process.kill()
    with embedded_postgres.throwaway():
        pass
    assert not Path(folder).exists()
    assert not is_running(pid)

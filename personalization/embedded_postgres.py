"""The database that `make run`, `manage.py` and the tests start: a real PostgreSQL, shared by all who use it at once.

Whoever uses it holds a shared lock on one file; a second lock lets only one at a time start or stop the server.
Who cannot be joined by another on leaving is the last one, and stops it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from personalization.postgres_cluster import Cluster
from personalization.postgres_programs import DatabaseUnavailable

__all__ = ["DatabaseUnavailable", "running", "throwaway"]

_THROWAWAY = "personalization-throwaway-"
_FAST_NOT_SAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def running(data_dir: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The database in `data_dir`, made and started as needed; gives its address as DATABASE_URL wants it.

    Raises DatabaseUnavailable. The last of its users, in whatever process, stops the server.
    """
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # libpq's settings for some other server
    cluster = Cluster(_made(data_dir.resolve()), settings or {})
    with _opened(cluster.data_dir / "postgres.users") as users:
        with _lock(cluster.data_dir):
            fcntl.flock(users, fcntl.LOCK_SH)
            url = cluster.ensure_running()
        try:
            yield url
        finally:
            with _lock(cluster.data_dir):
                _stop_if_last(cluster, users)


def owns(data_dir: Path, password: str) -> bool:
    """Whether `password` is that of the database embedded in `data_dir`, so that it is the one in use."""
    kept = Cluster(data_dir).password
    return kept.exists() and kept.read_text() == password


@contextmanager
def throwaway() -> Iterator[str]:
    """An empty database of its own, gone afterwards: fast, and without care for a power cut."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_THROWAWAY))
    folder.chmod(0o711)
    try:
        with running(folder, _FAST_NOT_SAFE) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(data_dir: Path) -> Path:
    """The folder, made if need be; as root PostgreSQL's account must pass through it."""
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True, exist_ok=True)  # another process may be as far
            data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(data_dir, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise DatabaseUnavailable(
            f"The folder {data_dir} cannot be written by this account: give it away with chown, or set DATA_DIR."
        ) from error
    return data_dir


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    with _opened(data_dir / "postgres.lock") as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def _stop_if_last(cluster: Cluster, users: int) -> None:
    with suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster.stop()


def _sweep() -> None:
    """Removes what throw-away databases of killed processes left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_THROWAWAY}*"):
        with suppress(OSError):
            if folder.stat().st_uid == os.geteuid() and (folder / "postgres").exists():
                with _opened(folder / "postgres.users") as users, _lock(folder):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    Cluster(folder).stop()
                    shutil.rmtree(folder, ignore_errors=True)

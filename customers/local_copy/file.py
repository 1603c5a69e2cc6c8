"""The SQLite file: its tables, when it is complete, and how a new one takes the old one's place.

Files have names of their own, and the link `current` names the one in use: a file in WAL mode cannot be replaced under
its own name, as its companions (-wal, -shm) would then be taken for the new one's. All are their owner's alone (0600).
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings

# To be raised when the tables change. A field more or less needs no new layout: the file names its fields.
LAYOUT = 1
_APPLICATION = 0x5645_5243  # any number; it tells our files from others
_TABLES = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE document (name TEXT PRIMARY KEY, digest TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE customer (id INTEGER PRIMARY KEY, facts BLOB NOT NULL);
    CREATE TABLE point (
        value TEXT NOT NULL, customer INTEGER NOT NULL, is_main INTEGER NOT NULL, PRIMARY KEY (value, customer)
    ) WITHOUT ROWID;
"""
_MARKED = ("layout", "fields", "source", "filled")


class CopyUnusable(Exception):
    """There is no copy that calls can be answered from; the sentence says why."""


def folder() -> Path:
    """Where this node keeps its copy."""
    return settings.DATA_DIR / "copy"


def current(place: Path) -> Path:
    """The link to the file in use."""
    return place / "current"


def doubt(place: Path) -> Path:
    """Stands there while somebody has found the file damaged."""
    return place / "doubt"


def create(place: Path) -> tuple[Path, sqlite3.Connection]:
    """A new file, not yet in use, and a connection that fills it fast: a crash leaves it without its mark."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"{uuid4().hex}.sqlite3"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    return path, connection


def finish(connection: sqlite3.Connection, meta: Mapping[str, str]) -> None:
    """Marks a new file as complete, last of all, and closes it. `meta` holds fields, source, filled and snapshot."""
    connection.execute("CREATE INDEX point_by_customer ON point (customer)")
    written = {"layout": str(LAYOUT), **meta}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", (written | {"complete": _mark(written)}).items())
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def put_in_place(place: Path, path: Path) -> None:
    """Makes `path` the file in use, at once and as a whole, and removes all others."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
    link = place / f"{path.stem}.link"
    link.symlink_to(path.name)
    os.replace(link, current(place))
    sweep(place)


def sweep(place: Path) -> None:
    """Removes files that are not in use: older ones, and those that were not filled to their end."""
    used = current(place).resolve().name
    for left in [*place.glob("*.sqlite3*"), *place.glob("*.link")]:
        if not left.name.startswith(used):
            left.unlink(missing_ok=True)


def open_for_reading(place: Path) -> sqlite3.Connection:
    """The file in use. Raises CopyUnusable where it is none of ours, incomplete or damaged."""
    return _opened(place, "ro", timeout=0.2)


def open_for_writing(place: Path) -> sqlite3.Connection:
    """The same, for the one who keeps it up to date; what is deleted is overwritten."""
    connection = _opened(place, "rw", timeout=5)
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def meta(connection: sqlite3.Connection) -> dict[str, str]:
    """What the file says of itself."""
    return dict(connection.execute("SELECT key, value FROM meta"))


def is_sound(place: Path) -> bool:
    """Whether SQLite finds nothing wrong with the whole file in use: 0.2 s per million customers."""
    try:
        with closing(open_for_reading(place)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (CopyUnusable, sqlite3.DatabaseError):
        return False


def is_damage(error: sqlite3.Error) -> bool:
    """Whether this error means that the file itself is damaged."""
    return getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def only_writer(place: Path) -> Iterator[bool]:
    """Whether nobody else on this node keeps the copy up to date; if so, that stays so within."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _opened(place: Path, mode: str, *, timeout: float) -> sqlite3.Connection:
    path = current(place)
    if not path.exists():
        raise CopyUnusable("There is no local copy yet: the follower makes it as soon as it reaches PostgreSQL.")
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=timeout,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise CopyUnusable(f"The local copy cannot be opened: {error}.") from error
    try:
        _require_complete(connection)
    except (sqlite3.Error, CopyUnusable) as error:
        connection.close()
        raise CopyUnusable(f"The local copy cannot be used, and is made anew: {error}") from error
    return connection


def _require_complete(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION,):
        raise CopyUnusable("it is none of ours.")
    found = meta(connection)
    if found.get("layout") != str(LAYOUT):
        raise CopyUnusable("it is of another release.")
    if found.get("complete") != _mark(found):
        raise CopyUnusable("it is not complete.")


def _mark(written: Mapping[str, str]) -> str:
    """A checksum over what was written; without it, or with another one, the file is not complete."""
    return sha256("\n".join(written.get(key, "") for key in _MARKED).encode()).hexdigest()

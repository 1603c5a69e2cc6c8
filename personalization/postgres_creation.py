"""A new PostgreSQL data directory with its password: complete, or not there at all."""

import os
import secrets
import shutil
from pathlib import Path

from personalization.postgres_programs import Account, newest_version, programs, run_quietly


def create(home: Path, *, account: Account, owner: str, durable: bool) -> None:
    """Makes `home` with the data directory `data`, run by `account`, and the file `password` of the role `owner`.

    `durable` waits until it would survive a power cut. Raises DatabaseUnavailable.
    """
    unfinished = home.with_name(f"{home.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    unfinished.chmod(0o711)  # the account must pass through, and may not look around
    data, password = unfinished / "data", unfinished / "password"
    data.mkdir(0o700)
    password.touch(0o600)
    password.write_text(secrets.token_hex(24))
    for path in (data, password):
        os.chown(path, account.uid, account.gid)
    _initdb(data, password, account=account, owner=owner, durable=durable)
    os.chown(password, os.geteuid(), os.getegid())
    unfinished.rename(home)


def _initdb(data: Path, password: Path, *, account: Account, owner: str, durable: bool) -> None:
    major = newest_version()
    # Sorts and compares the same on every system.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if int(major) >= 17 else []
    command: list[str | Path] = [
        programs(major, account, data.parent.parent) / "initdb",
        *("--pgdata", data, "--username", owner, "--pwfile", password, "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C", *locale, "--no-instructions"),
    ]
    run_quietly(command if durable else [*command, "--no-sync"], account)

"""The first `.env`: secrets that nobody has to invent."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


class EnvFileNotWritten(Exception):
    """One sentence: where no `.env` could be written, why, and what to do."""


def ensure(path: Path) -> bool:
    """Writes generated secrets to `path`, readable by its owner only, and says whether it did.

    What is there already stays untouched. Raises EnvFileNotWritten where the folder does not take the file.
    """
    if path.exists():
        return False
    try:
        return _write_whole(path)
    except OSError as error:
        raise EnvFileNotWritten(
            f"{path} cannot be written ({error.strerror}): make the folder writable, or set SECRET_KEY and "
            "VAPI_WEBHOOK_SECRETS in the environment."
        ) from error


def _write_whole(path: Path) -> bool:
    """All of it or nothing, whatever kills us on the way; never in the place of somebody else's file."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".env.new.", encoding="utf-8") as unfinished:
        unfinished.write(_content())
        unfinished.flush()
        os.fsync(unfinished.fileno())
        with suppress(FileExistsError):
            os.link(unfinished.name, path)
            return True
    return False


def _content() -> str:
    return (
        "# Written on the first start, and never again. .env.example explains every setting.\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"VAPI_WEBHOOK_SECRETS={secrets.token_urlsafe(32)}\n"
    )

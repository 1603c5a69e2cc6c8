"""Where the schema of what Vapi accepts is kept, and how it comes there without the SDK being loaded here."""

import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings

_HERE = Path(__file__).parent
_WRITER = "vapi_schema_writer"
_LONGEST_WAIT_S = 60


class SchemaNotWritten(Exception):
    """There is no schema to check against; the message is a clause that says why, without a full stop."""


def schema_file() -> Path:
    """Where the schema belongs: its name changes with the SDK's version and with what we make of it."""
    return settings.DATA_DIR / f"vapi-schema-{sdk_version()}-{_writer_digest()}.json"


def sdk_version() -> str:
    """The installed version of Vapi's SDK, such as 3.0.0; or SchemaNotWritten."""
    try:
        return version("vapi_server_sdk")
    except PackageNotFoundError as error:
        raise SchemaNotWritten("Vapi's SDK (vapi_server_sdk of requirements.txt) is not installed") from error


def written_schema() -> Path:
    """The file, written now if it is missing; or SchemaNotWritten, and then at once until the server is restarted."""
    path = schema_file()
    if not path.exists() and (failure := _failure_to_write(path)) and not path.exists():
        raise SchemaNotWritten(failure)
    return path


def write_schema(path: Path) -> None:
    """Writes the schema there in a process of its own, in some five seconds; or SchemaNotWritten."""
    command = [sys.executable, "-m", f"{_HERE.name}.{_WRITER}", str(path.absolute())]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            command,
            cwd=_HERE.parent,
            timeout=_LONGEST_WAIT_S,
            check=True,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except subprocess.CalledProcessError as error:
        last_line = "".join(error.stderr.strip().splitlines()[-1:]) or f"exit status {error.returncode}"
        raise SchemaNotWritten(f"writing {path} failed ({last_line})") from error
    except subprocess.TimeoutExpired as error:
        raise SchemaNotWritten(f"writing {path} took longer than {_LONGEST_WAIT_S} seconds") from error
    except OSError as error:
        raise SchemaNotWritten(f"writing {path} could not be started ({error.strerror})") from error


@cache
def _failure_to_write(path: Path) -> str:
    """Tried once per process, so that no second form waits for it."""
    try:
        write_schema(path)
    except SchemaNotWritten as failure:
        return str(failure)
    return ""


@cache
def _writer_digest() -> str:
    return sha256((_HERE / f"{_WRITER}.py").read_bytes()).hexdigest()[:8]

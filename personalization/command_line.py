"""What surrounds Django's own command line: `.env`, the embedded database, one sentence for each mistake."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, NotSupportedError, OperationalError

from personalization import embedded_postgres, env_file, environment
from personalization.postgres_words import reason

_NEED_NO_DATABASE = {"help", "--help", "-h", "version", "--version"}
_NO_DATABASE = "postgres://127.0.0.1:1/none"


def main(argv: list[str]) -> int:
    """Runs the command in `argv`; gives the exit status. A person's mistake ends in one sentence on stderr."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "personalization.settings")
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _leave)
        with _database(argv):
            execute_from_command_line(argv)
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has enough of it, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (ImproperlyConfigured, embedded_postgres.DatabaseUnavailable, env_file.EnvFileNotWritten) as error:
        return _say(str(error))
    except DatabaseError as error:
        return _say(_database_sentence(error))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


@contextmanager
def _database(argv: list[str]) -> Iterator[None]:
    """Whatever database the settings name; else the embedded one, for as long as the command runs."""
    if len(argv) < 2 or _NEED_NO_DATABASE & set(argv[1:]):
        os.environ.setdefault("SECRET_KEY", "unused")
        os.environ.setdefault("DATABASE_URL", _NO_DATABASE)
        yield
        return
    path = environment.env_file()
    if "SECRET_KEY" not in os.environ and env_file.ensure(path):
        print(f"Wrote {path} with generated secrets.", file=sys.stderr)
    environment.read_env_file()
    if environment.text("DATABASE_URL"):
        yield
        return
    with embedded_postgres.running(environment.data_dir()) as url:
        os.environ["DATABASE_URL"] = url
        yield


def _leave(number: int, _frame: FrameType | None) -> None:
    """Lets every `finally` run, above all the one that stops the database."""
    raise SystemExit(128 + number)


def _database_sentence(error: DatabaseError) -> str:
    """For errors that come from how things are set up; all others are ours, and raised as they are."""
    if isinstance(error, NotSupportedError):
        return f"{error} (DATABASE_URL)."
    if isinstance(error.__cause__, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return "The database does not have this release's tables: run `./manage.py migrate` (`make run` does) first."
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) is None:
        return f"PostgreSQL at {_address()} cannot be used: {reason(error)} (DATABASE_URL)."
    raise error


def _address() -> str:
    default = settings.DATABASES["default"]
    return f"{default['HOST'] or 'localhost'}:{default['PORT'] or 5432}"


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1

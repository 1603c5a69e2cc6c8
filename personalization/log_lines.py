"""What a log record looks like: one line each, and nothing of a person in it.

A record whose message is a dictionary becomes a JSON object; any other a line of text. An error is told by its kind and
the places it came through. Its own words are told only of kinds that speak of connections, files and SQL, as others
quote the value they choke on: somebody's name, say.
"""

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
from django.db import InterfaceError, OperationalError, ProgrammingError

from personalization.environment import BASE_DIR

_SPEAK_OF_NO_PERSON = (OSError, InterfaceError, OperationalError, ProgrammingError)
_MOST_PLACES = 12
_LONGEST = 8_000


class LineFormatter(logging.Formatter):
    """Records as lines of UTF-8 text, without the line's end."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; control characters in it are escaped, so that nobody can forge a second line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if isinstance(record.msg, dict):
            return orjson.dumps({"time": time} | record.msg, default=str).decode()
        error = record.exc_info[1] if record.exc_info else None
        line = (
            f"{time} {record.levelname} {record.name}: {record.getMessage()}{f' | {in_words(error)}' if error else ''}"
        )
        return (line if line.isprintable() else _escaped(line))[:_LONGEST]


def in_words(error: BaseException) -> str:
    """The error and what caused it, in one line: kinds and places, the innermost place first."""
    return ", because of ".join(map(_told, _with_causes(error)))


def _told(error: BaseException) -> str:
    words = f" ({str(error).partition(chr(10))[0]})" if isinstance(error, _SPEAK_OF_NO_PERSON) else ""
    # Not extract_tb(): that reads the source's files, and a caller may be waiting.
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)][::-1]
    places = [f"{_short(code.co_filename)}:{line} {code.co_name}" for code, line in frames[:_MOST_PLACES]]
    return f"{type(error).__name__}{words} at {' < '.join(places) or '?'}"


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _short(file: str) -> str:
    _, packages, library = file.rpartition("site-packages/")
    return library if packages else file.removeprefix(f"{BASE_DIR}/")


def _escaped(line: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)

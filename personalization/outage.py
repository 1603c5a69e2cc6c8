"""Starting while PostgreSQL cannot be reached: this node's copy serves, and the rest is made up for later."""

import time
from collections.abc import Callable

from django.db import OperationalError, connection

from customers import directory
from personalization.postgres_words import reason
from personalization.preparation import prepare

_RETRY_S = 3


def sentence(error: OperationalError) -> str:
    """What is the matter, and what callers hear meanwhile."""
    return (
        f"PostgreSQL cannot be used ({reason(error)}): calls are answered from the copy of "
        f"{_ago(directory.copy_age())} ago; the admin and the API wait until it is back."
    )


class Preparation:
    """What the start could not do; tried again now and then until it is done."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._next_at = 0.0

    def try_again(self) -> None:
        """Does it where PostgreSQL is back and the time for another try has come."""
        if time.monotonic() < self._next_at:
            return
        try:
            prepare(self._say)
            self._say("PostgreSQL is back.")
            self._next_at = float("inf")
        except OperationalError:
            self._next_at = time.monotonic() + _RETRY_S
        finally:
            connection.close()


def _ago(seconds: float) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return _counted(int(seconds // length), unit)
    return _counted(int(seconds), "second")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"

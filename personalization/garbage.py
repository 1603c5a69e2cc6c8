"""Garbage collection in the web server's processes."""

import gc
from typing import Any

from django.db.backends.signals import connection_created


def close_connections_of_ended_threads() -> None:
    """From now on: whenever a thread connects to the database, the connections of threads that are gone are closed.

    The web server ends threads that had nothing to do. What they leave hangs together in a circle, so that it is
    closed by a collection only, and until then uses up PostgreSQL's connections.
    """
    gc.freeze()  # What is loaded by now stays: with it left out, a collection takes a millisecond.
    connection_created.connect(_collect)


def _collect(**_: Any) -> None:
    gc.collect()

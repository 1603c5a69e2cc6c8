"""Spooled news of calls, and what we decided about them → the database, exactly once."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection

from customers import decided_calls
from customers.call_news import CallNews
from customers.reports import record
from customers.spool import DECISIONS, Spool

logger = logging.getLogger("personalization.reports")


def store_waiting(spool: Spool) -> Iterator[bool]:
    """Stores what waits, oldest first; gives for each whether it was stored. What always fails is set aside.

    Raises OperationalError and InterfaceError where the database is not there; what is not stored then waits on.
    A message is forgotten only after its commit, and storing it again changes nothing: so none is lost or doubled.
    """
    for message in spool.waiting():
        try:
            _store(message)
        except (OperationalError, InterfaceError):
            connection.close()
            raise
        except Exception:  # whatever it is, the others must not wait for it
            if not _split(spool, message):
                logger.exception("The message %s cannot be stored and is set aside.", message.name)
                spool.put_aside(message)
                yield False
        else:
            spool.remove(message)
            yield True


def _store(message: Path) -> None:
    if message.suffix == DECISIONS:
        decided_calls.store(decided_calls.from_json(message.read_bytes()))
    else:
        record(CallNews.from_json(message.read_bytes()))


def _split(spool: Spool, message: Path) -> bool:
    """Lets each decision of a batch wait on its own, so that one stops no others; False where there is but one."""
    decisions = []
    with suppress(ValueError, TypeError, KeyError):
        decisions = decided_calls.from_json(message.read_bytes()) if message.suffix == DECISIONS else []
    if len(decisions) < 2:
        return False
    for decision in decisions:
        spool.put(decided_calls.to_json([decision]), kind=DECISIONS)
    spool.remove(message)
    return True

"""Spooled news of calls → the database, exactly once."""

import logging
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError, connection

from customers.call_news import CallNews
from customers.reports import record
from customers.spool import Spool

logger = logging.getLogger("personalization.reports")


def store_waiting(spool: Spool) -> Iterator[bool]:
    """Stores what waits, oldest first; gives for each whether it was stored. What always fails is set aside.

    Raises OperationalError and InterfaceError where the database is not there; what is not stored then waits on.
    A message is forgotten only after its commit, and storing it again changes nothing: so none is lost or doubled.
    """
    for message in spool.waiting():
        try:
            record(CallNews.from_json(message.read_bytes()))
        except (OperationalError, InterfaceError):
            connection.close()
            raise
        except Exception:  # whatever it is, the others must not wait for it
            logger.exception("The message %s cannot be stored and is set aside.", message.name)
            spool.put_aside(message)
            yield False
        else:
            spool.remove(message)
            yield True

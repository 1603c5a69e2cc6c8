"""Waiting for PostgreSQL, but not for ever: frozen or cut off without a word, it lets no timeout of its own fire."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

import psycopg
from django.db import connection


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """This thread's connection to PostgreSQL breaks, with OperationalError, where what is within takes longer."""
    connection.ensure_connection()
    timer = Timer(seconds, cut, [connection.connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def cut(broken: psycopg.Connection) -> None:
    """Breaks a connection of another thread, whatever that waits for."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(broken.pgconn.socket)) as dead:
        dead.shutdown(socket.SHUT_RDWR)

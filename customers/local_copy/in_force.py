"""Waiting until calls on this node are answered by what was just committed."""

import time
from datetime import datetime

from django.db import connection

from customers.local_copy import age, file

_LOOK_S = 0.02


def wait_until_in_force(*, seconds: float = 2.0, and_then: float = 0.0) -> str:
    """Empty once this node's copy holds all that is committed by now, and `and_then` seconds later; else, after
    `seconds`, a sentence. Empty at once where no server runs on this node: when it starts, it catches up first.
    """
    if not _is_followed():
        return ""
    committed = _now_in_database()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        confirmed = age.last(file.folder())
        if confirmed and confirmed.in_force and confirmed.in_force >= committed:
            time.sleep(and_then)
            return ""
        time.sleep(_LOOK_S)
    return "Calls on this machine do not know of it yet: its copy is still being brought up to date."


def _is_followed() -> bool:
    place = file.folder()
    if not file.current(place).exists():
        return False
    with file.only_writer(place) as nobody_else:
        return not nobody_else


def _now_in_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment

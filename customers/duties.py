"""Things that are done again and again, each by one process at a time whatever machine it runs on."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection

from customers.models import Duty

UNFINISHED = "Not finished."
_LONGEST = 500
# What failed is tried again sooner than what is done, but not at once.
_AGAIN = timedelta(minutes=10)


class NotDone(Exception):
    """One sentence: why a duty did not come to its end, and what to do."""


class SomebodyElse(NotDone):
    """Another process is at this duty just now."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a duty has come: in a sentence, in pieces, and as a share of all there is to do (0 to 1).

    `failed`: no further, and the sentence says why.
    """

    sentence: str
    count: int
    share: float
    failed: bool = False


def is_due(name: str, *, every: timedelta, at: datetime) -> bool:
    """Whether it was last done so long ago; what failed is due again after a while."""
    duty = Duty.objects.filter(name=name).first()
    if duty is None or duty.tried_at is None:
        return True
    return at - duty.tried_at >= (_AGAIN if duty.failed else every)


def has_failed(name: str) -> bool:
    """Whether its last try failed: it is tried again then, if only to note that nothing is left to do."""
    return Duty.objects.filter(name=name, failed=True).exists()


def carry_out(name: str, steps: Iterator[Step], *, at: datetime) -> Iterator[Step]:
    """Does what `steps` does, one by one, and notes how it ended: the last step's sentence, or why it failed.

    Closed before its end, it is noted as not finished. Raises SomebodyElse, and what `steps` raises.
    """
    with _alone(name) as alone:
        if not alone:
            raise SomebodyElse(f"Somebody else is at it just now ({name}): look again in a minute.")
        _note(name, tried_at=at, failed=True, outcome=UNFINISHED)
        sentence = "Nothing to do."
        try:
            for step in steps:
                sentence = step.sentence
                yield step
        except Exception as error:
            why = str(error) if isinstance(error, NotDone) else f"{type(error).__name__}: the log says more."
            with suppress(DatabaseError):
                _note(name, outcome=why)
            raise
        _note(name, done_at=at, failed=False, outcome=sentence)


def _note(name: str, **facts: object) -> None:
    if "outcome" in facts:
        facts["outcome"] = str(facts["outcome"])[:_LONGEST]
    Duty.objects.update_or_create(name=name, defaults=facts)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether nobody else is at this duty: then nobody else begins it before we are done. Never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"duty {name}"])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection has lost its locks
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"duty {name}"])

"""What we answered, on its way to the calls' records: a moment in memory, then in the spool.

The call does not wait for it, nor does it wait for every call: a worker that is killed loses what it decided in the
last moment, and nothing else. The records of these calls come from Vapi's messages alone then.
"""

import logging

from django.conf import settings

from customers import decided_calls
from customers.decided_calls import DecidedCall
from customers.spool import DECISIONS, Spool
from personalization.batches import Batches
from personalization.metrics import DECISIONS_DROPPED

logger = logging.getLogger("personalization.calls")

_GATHER_SECONDS = 0.3
# About ten megabytes; at a hundred calls a second, the disk may hang for a minute and a half.
_MOST_WAITING = 10_000
_LAST_WORDS_SECONDS = 2.0

_takes_nothing = False


def keep(decided: DecidedCall) -> None:
    """Takes microseconds, whatever the disk does; where too many wait, this one is dropped and counted."""
    if not waiting.put(decided):
        DECISIONS_DROPPED.inc()


def _spool(batch: list[DecidedCall]) -> None:
    global _takes_nothing
    try:
        Spool(settings.DATA_DIR / "spool").put(decided_calls.to_json(batch), kind=DECISIONS)
        _takes_nothing = False
    except Exception as error:  # the thread goes on, whatever it is
        DECISIONS_DROPPED.inc(len(batch))
        if not _takes_nothing:
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            logger.error("The spool takes no decisions (%s): calls are answered, their records lack why.", reason)
        _takes_nothing = True


waiting: Batches[DecidedCall] = Batches(
    "decisions",
    _spool,
    gather_s=_GATHER_SECONDS,
    most_waiting=_MOST_WAITING,
    last_words_s=_LAST_WORDS_SECONDS,
    ends=2,  # before the last counts and the last log line
)

"""What housekeeping does again and again beside storing reports: which duties there are, and doing what is due.

Each is done by one machine at a time; when it was last done stands in the database, for all of them.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.text import capfirst

from assistants import planned_calls
from assistants.vapi import VapiError, connected
from customers import erasing_at_vapi, retention
from customers.duties import NotDone, SomebodyElse, Step, carry_out, is_due
from customers.duties_in_words import HOUSEKEEPING
from customers.models import Duty
from customers.spool import Spool
from personalization import call_sync
from personalization.metrics import DUTY_DONE

logger = logging.getLogger("personalization.housekeeping")


@dataclass(frozen=True, slots=True)
class RegularDuty:
    """`steps` does it, given the time; `is_possible` says whether there is what it takes, and anything to do."""

    name: str
    every: timedelta
    steps: Callable[[datetime], Iterator[Step]]
    is_possible: Callable[[datetime], bool] = lambda _: True


def _fetch_missed_calls(at: datetime) -> Iterator[Step]:
    try:
        with connected(pace_s=call_sync.PACE_S) as vapi:
            yield from call_sync.sync_calls(vapi, at=at)
    except VapiError as error:
        raise NotDone(str(error)) from error


def _has_key(_: datetime) -> bool:
    return bool(settings.VAPI_API_KEY)


DUTIES = (
    RegularDuty(retention.DUTY, timedelta(days=1), lambda at: retention.prune(at=at)),
    RegularDuty(call_sync.DUTY, timedelta(hours=1), _fetch_missed_calls, _has_key),
    RegularDuty(
        erasing_at_vapi.DUTY,
        timedelta(minutes=1),
        lambda at: erasing_at_vapi.delete_what_waits(at=at),
        lambda at: _has_key(at) and erasing_at_vapi.is_wanted(),
    ),
    RegularDuty(
        planned_calls.DUTY,
        timedelta(minutes=1),
        lambda at: planned_calls.take_back(at=at),
        lambda at: _has_key(at) and planned_calls.is_wanted(at=at),
    ),
)


def do_what_is_due(*, at: datetime, stop: Event) -> Iterator[Step]:
    """What came of each duty that was due, done or not; left off where it is once `stop` is set, and then due again.

    Raises OperationalError and InterfaceError where the database is not there.
    """
    for duty in DUTIES:
        is_wanted = not stop.is_set() and duty.is_possible(at) and is_due(duty.name, every=duty.every, at=at)
        if is_wanted and (outcome := _do(duty, at, stop)):
            yield replace(outcome, sentence=f"{capfirst(duty.name)}: {outcome.sentence}")
    retention.forget_set_aside(Spool(settings.DATA_DIR / "spool"), at=at)


def note_that_it_runs(*, at: datetime) -> None:
    """For the admin's first page; and for /metrics, when each duty was last done by whom ever."""
    Duty.objects.update_or_create(name=HOUSEKEEPING, defaults={"tried_at": at, "done_at": at})
    for duty in Duty.objects.all():
        if duty.done_at:
            DUTY_DONE.labels(duty.name).set(duty.done_at.timestamp())


def _do(duty: RegularDuty, at: datetime, stop: Event) -> Step | None:
    """Its last step, or why it came to none; None where there was none or somebody else is at it."""
    last = None
    try:
        for last in carry_out(duty.name, duty.steps(at), at=at):
            if stop.is_set():
                return replace(last, sentence=f"{last.sentence} Not finished.")
    except SomebodyElse:
        return None
    except NotDone as error:
        logger.error("%s: %s", duty.name, error)
        return Step(str(error), 0, 0, failed=True)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # a defect in one of them must not keep the others from being done
        logger.exception("%s: it broke off.", duty.name)
        return Step("it broke off: the log says more.", 0, 0, failed=True)
    return last

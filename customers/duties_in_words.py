"""When housekeeping last did what, and what of it needs somebody's attention."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.text import capfirst

from customers.duties import UNFINISHED
from customers.models import Duty

# What housekeeping notes each minute, merely to say that it runs.
HOUSEKEEPING = "housekeeping"
_SILENCE = timedelta(minutes=15)
# A first sync of many calls may take so long.
_LONG = timedelta(hours=3)


def what_was_done(*, at: datetime) -> list[str]:
    """A sentence for each duty, with what came of it; the latest first."""
    done = Duty.objects.exclude(name=HOUSEKEEPING).filter(failed=False).exclude(done_at=None).order_by("-done_at")
    return [f"{capfirst(duty.name)}, {_ago(at - duty.done_at)}: {duty.outcome}" for duty in done if duty.done_at]


def what_is_wrong(*, at: datetime) -> list[str]:
    """A sentence for each duty that failed, and one where nobody does any; none where there is nothing to say."""
    alive = Duty.objects.filter(name=HOUSEKEEPING, done_at__gt=at - _SILENCE).exists()
    at_it = Q(outcome=UNFINISHED, tried_at__gt=at - _LONG)
    failed = Duty.objects.filter(failed=True).exclude(at_it).order_by("name")
    silent = [] if alive else [f"Housekeeping {_silence(at)}: see that `manage.py housekeeping` runs."]
    return [*silent, *(f"Not done ({duty.name}): {duty.outcome}" for duty in failed)]


def _silence(at: datetime) -> str:
    last = Duty.objects.filter(name=HOUSEKEEPING).first()
    return f"last ran {_ago(at - last.done_at)}" if last and last.done_at else "has never run"


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "a moment ago"
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"

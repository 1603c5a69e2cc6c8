"""How long calls and what was said in them are kept, and taking away what is older.

Counted from a call's end. Transcripts go first, the rest of the record with the call.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from customers import started_calls
from customers.duties import Step
from customers.models import Call
from customers.spool import Spool

DUTY = "retention"
# Few enough that nobody waits for the rows' locks, and that no transaction keeps PostgreSQL from tidying up.
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Pruned:
    """So many of `what` (a plural) were taken away by now, or would be, of `total`."""

    what: str
    count: int
    total: int


def prune(*, at: datetime, dry_run: bool = False) -> Iterator[Step]:
    """Takes away everything that is older than its retention; with `dry_run` only counts it.

    Stopped in between, all that it told of is gone, and the rest is found the next time.
    """
    prunings = (prune_transcripts, prune_calls, prune_begun_calls)
    counts: dict[str, int] = {}
    for done, pruning in enumerate(prunings):
        for news in pruning(at=at, dry_run=dry_run):
            counts[news.what] = news.count
            share = (done + news.count / max(news.total, 1)) / len(prunings)
            yield Step(_sentence(counts, "would be removed" if dry_run else "removed"), sum(counts.values()), share)


def prune_transcripts(*, at: datetime, dry_run: bool) -> Iterator[Pruned]:
    """Empties transcripts; what is heard later of these calls does not bring them back."""
    old = _ended_before(oldest_transcript(at=at)).exclude(transcript="")
    gone = {"transcript": "", "transcript_removed_at": at, "updated_at": at}
    return _in_batches("transcripts", old, lambda some: some.update(**gone), dry_run=dry_run)


def prune_calls(*, at: datetime, dry_run: bool) -> Iterator[Pruned]:
    """Deletes whole calls."""
    return _in_batches("calls", _ended_before(oldest_call(at=at)), lambda some: some.delete(), dry_run=dry_run)


def prune_begun_calls(*, at: datetime, dry_run: bool) -> Iterator[Pruned]:
    """Forgets which calls we began ourselves, once nobody asks with the same key any more; their records stay."""
    count = started_calls.old(at=at).count() if dry_run else started_calls.forget_old(at=at)
    if count:
        yield Pruned("begun calls", count, count)


def forget_set_aside(spool: Spool, *, at: datetime) -> int:
    """Removes what this machine set aside so long ago that its transcripts would be too old; how many messages."""
    return spool.forget_set_aside(before=oldest_transcript(at=at))


def oldest_transcript(*, at: datetime) -> datetime:
    """Transcripts of calls that ended before are kept no longer."""
    return at - timedelta(days=settings.TRANSCRIPT_RETENTION_DAYS)


def oldest_call(*, at: datetime) -> datetime:
    """Calls that ended before are kept no longer."""
    return at - timedelta(days=settings.CALL_RETENTION_DAYS)


def _ended_before(moment: datetime) -> QuerySet[Call]:
    ended = Q(ended_at=None) | Q(ended_at__lt=moment)
    return Call.objects.filter(ended, created_at__lt=moment).order_by("created_at")


def _in_batches(
    what: str, calls: QuerySet[Call], take_away: Callable[[QuerySet[Call]], object], *, dry_run: bool
) -> Iterator[Pruned]:
    total = calls.count()
    count = total if dry_run else 0
    while not dry_run and (batch := list(calls.values_list("pk", flat=True)[:_BATCH])):
        take_away(Call.objects.filter(pk__in=batch))
        count += len(batch)
        yield Pruned(what, count, max(count, total))
    yield Pruned(what, count, count)


def _sentence(counts: dict[str, int], verb: str) -> str:
    *others, last = [f"{count:,} {what if count != 1 else what[:-1]}" for what, count in counts.items()]
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"{listed} {verb}."

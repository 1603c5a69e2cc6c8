"""Calls as Vapi's API lists them → their records: the net below messages that never came.

A call object is read as the message that would have told the same: what is never taken there is not taken here.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from django.db import InterfaceError, OperationalError, transaction

from assistants.vapi import Object, Vapi, VapiError
from customers.call_news import CallNews
from customers.duties import NotDone, Step
from customers.models import Call, FetchedCalls
from customers.reports import record
from customers.retention import oldest_call, oldest_transcript
from personalization.call_messages import REPORT, STATUS, read_call_news

logger = logging.getLogger("personalization.sync")

DUTY = "missed calls"
# Vapi documents no rate that it allows; it takes many more than these.
PACE_S = 0.2
# What is fetched at a time: of an interrupted run at most so much is fetched again.
_WINDOW = timedelta(days=1)
# A call lasts half a day at most, so those of the day before may have ended since they were last seen.
_OVERLAP = timedelta(days=1)
# Nobody ever fetched anything: Vapi keeps calls for a month or less in most of its plans.
_FIRST = timedelta(days=30)
_MOST_SCHEDULED = 100
_BATCH = 100
_REFUSED = "that cannot be stored (the log says why)"


def sync_calls(vapi: Vapi, *, since: datetime | None = None, at: datetime) -> Iterator[Step]:
    """Fetches all calls that Vapi made from `since` on (by default, since all were fetched) until `at`.

    An interrupted run is gone on with, unless `since` is another one. Raises NotDone where Vapi refuses.
    """
    progress, _ = FetchedCalls.objects.get_or_create(pk=1)
    start = _begin(progress, since, at)
    first, counts = start, Counter[str]()
    try:
        counts.update(_store(_scheduled(vapi, before=start), at))
        while start < at:
            end = min(start + _WINDOW, at)
            calls = vapi.list_calls(since=start, before=end)
            while some := list(islice(calls, _BATCH)):
                counts.update(_store(some, at))
                yield Step(_sentence(counts), counts.total(), (start - first) / (at - first))
            start = progress.reached = end
            progress.save()
    except VapiError as error:
        raise NotDone(str(error)) from error
    _end(progress, at)
    yield Step(_sentence(counts), counts.total(), 1)


def _begin(progress: FetchedCalls, since: datetime | None, at: datetime) -> datetime:
    """Where to begin, and noted as the run under way."""
    if progress.since and progress.reached and since in (None, progress.since):
        return max(progress.reached, oldest_call(at=at))
    wanted = since or (progress.complete_to - _OVERLAP if progress.complete_to else at - _FIRST)
    progress.since = progress.reached = max(wanted, oldest_call(at=at))
    progress.save()
    return progress.since


def _end(progress: FetchedCalls, at: datetime) -> None:
    """Nothing is missing up to now, unless this run began later than where that was so before."""
    if progress.complete_to is None or (progress.since and progress.since <= progress.complete_to):
        progress.complete_to = at
    progress.since = progress.reached = None
    progress.save()


def _scheduled(vapi: Vapi, *, before: datetime) -> Iterator[Object]:
    """Calls that were made for later so long ago that no list begins there."""
    waiting = Call.objects.filter(status="scheduled", created_at__lt=before).order_by("-created_at")
    for vapi_id in waiting.values_list("vapi_id", flat=True)[:_MOST_SCHEDULED]:
        try:
            yield vapi.get_call(vapi_id)
        except VapiError as error:
            if error.status != 404:
                raise


def _store(calls: Iterable[Object], at: datetime) -> list[str]:
    """Keeps them all, in one commit: what each came to."""
    some = list(calls)  # no transaction waits for Vapi
    with transaction.atomic():
        return [_keep(call, at) for call in some]


def _keep(call: Object, at: datetime) -> str:
    """Adds what `call` says to its record; what that came to, in a word."""
    news = read_call(call, at=at)
    if (news.ended_at or news.created_at or at) < oldest_transcript(at=at):
        news = replace(news, transcript="")
    before = Call.objects.filter(vapi_id=news.vapi_id).values_list("updated_at", flat=True).first()
    try:
        after = record(news).updated_at
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whatever it is, the others must not wait for it
        logger.exception("call %s: what Vapi says of it cannot be stored", news.vapi_id)
        return _REFUSED
    return "new" if before is None else "completed" if after != before else "unchanged"


def read_call(call: Object, *, at: datetime) -> CallNews:
    """What a call object tells: of an ended call all that its report would, of another its status."""
    told_at = call.get("updatedAt") or call.get("createdAt")
    update = {"type": STATUS, "status": call.get("status"), "timestamp": told_at, "call": call}
    if not (call.get("status") == "ended" or call.get("endedAt")):
        return read_call_news({"message": update}, at=at)
    news = read_call_news({"message": {**call, **update, "type": REPORT}}, at=at)
    known_end = news.ended_at if call.get("endedAt") else None
    return replace(news, fetched=True, ended_at=known_end)


def _sentence(counts: Counter[str]) -> str:
    seen = f"{counts.total():,} {'call' if counts.total() == 1 else 'calls'} seen"
    outcomes = ["new", "completed", "unchanged", *([_REFUSED] if counts[_REFUSED] else [])]
    return f"{seen}: {', '.join(f'{counts[each]:,} {each}' for each in outcomes)}."

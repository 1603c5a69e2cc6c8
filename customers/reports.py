"""What Vapi says about a call, stored once whatever order it comes in and however often."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from customers import tombstones
from customers.call_news import CallNews
from customers.models import Call, ContactPoint, Customer
from customers.outcomes import outcome_of
from customers.started_calls import complete, customer_of, take_up

# A later status never gives way to an earlier one, in whatever order they arrive.
_STATUSES = ("", "scheduled", "queued", "ringing", "in-progress", "forwarding", "ended")
_FACTS = (
    "number",
    "ended_reason",
    "duration_s",
    "summary",
    "success",
    "structured_data",
    "transcript",
    "has_recording",
    "metadata",
    "started_at",
    "ended_at",
)
_TIMES = ("started_at", "ended_at")
# How much what is told counts.
_STATUS, _FETCHED, _REPORT = range(3)


class NoCallId(ValueError):
    """The message names no call, so that there is nothing to attach it to."""


@transaction.atomic
def record(news: CallNews) -> Call:
    """Adds to the call's record what `news` says; the same news twice, or in another order, end in the same row.

    Each fact is taken from the best that told of it: a report, the newest first, then what was fetched, then a status.
    Raises NoCallId and database errors.
    """
    if not news.vapi_id:
        raise NoCallId("The message has no call.id.")
    created_at = news.created_at or news.told_at
    Call.objects.get_or_create(vapi_id=news.vapi_id, defaults={"created_at": created_at})
    call = Call.objects.select_for_update().get(vapi_id=news.vapi_id)
    _strip_if_erased(call, news, since=min(call.created_at, created_at))
    if call.erased_at:
        news = news.bare()
    if call.transcript_removed_at:
        news = replace(news, transcript="")
    if news.decision_id and not take_up(news.decision_id, vapi_id=call.vapi_id):
        news = replace(news, proven=False, decision_id="")
    before = _values(call)
    for name, value in _told(news).items():
        if _says_something(value) and _is_better(call, name, value, news):
            setattr(call, name, value)
            call.lesser_sources = _noted(call.lesser_sources, name, _weight(news))
    call.created_at = min(call.created_at, created_at)
    _set_course(call, news)
    _set_customer(call, news)
    call.outcome = outcome_of(call.ended_reason)
    complete(call)
    if _values(call) != before:
        call.save()
    return call


def _values(call: Call) -> list[Any]:
    return [getattr(call, each.attname) for each in Call._meta.concrete_fields]


def _strip_if_erased(call: Call, news: CallNews, *, since: datetime) -> None:
    """Takes all that is personal from the call of somebody who was erased since it began, for good.

    One message may tell whose call it was and another when it began; later calls begin a new acquaintance.
    """
    ids, numbers = filter(None, [news.customer_id]), filter(None, [news.number, call.number])
    if not call.erased_at and (erasure := tombstones.erasure_of(ids=ids, numbers=numbers, since=since)):
        erasure.add_call(call.vapi_id)
        Call.objects.filter(pk=call.pk).strip(at=erasure.at)
        call.refresh_from_db()


def _told(news: CallNews) -> dict[str, Any]:
    return {name: getattr(news, name) for name in _FACTS} | {"cost": news.decimal_cost}


def _is_better(call: Call, name: str, value: Any, news: CallNews) -> bool:
    """Whether what the news says of a fact takes the place of what is known."""
    known, weight = getattr(call, name), _weight(news)
    best = call.lesser_sources.get(name, _REPORT) if _says_something(known) else -1
    if weight != best:
        return weight > best
    if weight == _REPORT:
        return call.reported_at is None or news.told_at >= call.reported_at
    # Of two guesses at a time the earlier is nearer; of two fetches the later one knows more.
    return weight == _FETCHED or (name in _TIMES and value < known)


def _weight(news: CallNews) -> int:
    return (_FETCHED if news.fetched else _REPORT) if news.final else _STATUS


def _noted(sources: Mapping[str, int], name: str, weight: int) -> dict[str, int]:
    others = {each: known for each, known in sources.items() if each != name}
    return others if weight == _REPORT else others | {name: weight}


def _says_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", {})


def _set_course(call: Call, news: CallNews) -> None:
    """Status, line and type, and when the newest report was written."""
    call.status = max(call.status, news.status, key=_rank)
    call.line = call.line or news.line  # a later message would give a renamed line its new name
    call.type = news.type if news.type != Call.Type.OTHER else call.type
    if _weight(news) == _REPORT:
        call.reported_at = max(call.reported_at or news.told_at, news.told_at)


def _rank(status: str) -> tuple[int, str]:
    return _STATUSES.index(status) if status in _STATUSES else 1, status


def _set_customer(call: Call, news: CallNews) -> None:
    """By the best that is known, in this order: our decision, our signed metadata, the number, and last a claim."""
    known = call.customer is not None and not call.claimed
    named = _named(news)
    if news.proven and named and not (known and call.decided_at):
        call.customer, call.claimed = named, False
    elif not known and call.type != Call.Type.WEB and (owner := _owner(news.number)):  # a browser names what it likes
        call.customer, call.claimed = owner, False
    elif not known and named:
        call.customer, call.claimed = named, True
    call.decision_id = call.decision_id or news.decision_id


def _named(news: CallNews) -> Customer | None:
    """For whom we began the call, else whoever has the id that is told: ids change, and braces in them are not told."""
    begun_for = customer_of(news.decision_id) if news.proven else None
    return begun_for or (Customer.objects.with_public_id(news.customer_id).first() if news.customer_id else None)


def _owner(number: str) -> Customer | None:
    owners = ContactPoint.objects.filter(value=number, customer__active=True).order_by("-is_main_owner")[:2]
    points = list(owners.select_related("customer")) if number else []
    return points[0].customer if len(points) == 1 or (points and points[0].is_main_owner) else None

"""Forgetting a person everywhere here, and knowing the person again without keeping who it was.

Gone are the customer, the numbers, the history, what staff's log says, and of each call all that is personal, in the
database and in reports that still wait on disk. The bare record of calls stays: when, how long, how it ended.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from customers import decided_calls, history, tombstones
from customers.call_news import CallNews
from customers.decided_calls import DecidedCall
from customers.deleted_customers import find_deleted
from customers.models import OWN_ID_PREFIX, Call, ContactPoint, Customer, CustomerAlias, Erasure, StartedCall
from customers.national_forms import national_variants
from customers.spool import DECISIONS, Spool
from customers.uploads import receiving as uploads


class NobodyToErase(LookupError):
    """No customer has this id, nobody who was deleted had it, and nobody who had it was erased."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased when; `already` where that was before, `reports` is how many waiting ones were stripped."""

    erasure: Erasure
    already: bool = False
    reports: int = 0

    @property
    def at(self) -> datetime:
        """When it was erased; the first time."""
        return self.erasure.at

    @property
    def call_ids(self) -> Sequence[str]:
        """Vapi's ids of the person's calls."""
        return self.erasure.call_ids

    @property
    def left_at_vapi(self) -> Sequence[str]:
        """Those of them of which recording and transcript still lie at Vapi."""
        return self.erasure.left_at_vapi()

    def __str__(self) -> str:
        when = f"on {self.at:%Y-%m-%d %H:%M} UTC"
        return f"Erased already, {when}." if self.already else f"Erased {when}, with {_parts(self)}."


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would take: the person's calls, by Vapi's ids, and so many waiting reports."""

    call_ids: Sequence[str]
    reports: int

    @property
    def left_at_vapi(self) -> Sequence[str]:
        """Those of them of which recording and transcript lie at Vapi: all."""
        return self.call_ids

    def __str__(self) -> str:
        return f"The customer would be erased, with {_parts(self)}."


@dataclass(frozen=True, slots=True)
class _Person:
    """By what somebody is known: the ids and numbers that nobody else has, numbers in all their forms.

    Of `pks`, at most one is a customer's by now; the others were merged into that one, or deleted.
    """

    pks: frozenset[int]
    ids: frozenset[str]
    numbers: frozenset[str]


def _parts(what: Receipt | Preview) -> str:
    calls, reports = _counted(len(what.call_ids), "call"), _counted(what.reports, "waiting report")
    return f"the personal parts of {calls} and {reports}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def erase_customer(public_id: str, *, spool: Spool, by: str, at: datetime) -> Receipt:
    """Erases whoever has this id (external, ours, or an earlier one), or last had it before being deleted here.

    A second time gives the first one's receipt. Raises NobodyToErase.
    """
    with transaction.atomic():
        customer = Customer.objects.with_public_id(public_id).select_for_update().first()
        person = _person(public_id, customer)
        if person is None:
            return _earlier_receipt(public_id)
        calls = _own_calls(person)
        Call.objects.filter(vapi_id__in=calls).strip(at=at)
        erasure = Erasure.objects.create(at=at, by=by[:200], call_ids=_with_begun(calls, person))
        tombstones.set_up(erasure, ids=person.ids, numbers=person.numbers)
        _forget(customer, person)
        _forget_records(Call, Call.objects.filter(vapi_id__in=erasure.call_ids).values_list("pk", flat=True))
        uploads.forget_all()
    reports = _strip_waiting(spool, person, erasure.call_ids)
    return Receipt(erasure, reports=reports)


def preview_erasure(public_id: str, *, spool: Spool) -> Preview | Receipt:
    """What `erase_customer` would erase now, or the receipt of what it has erased. Raises NobodyToErase."""
    person = _person(public_id, Customer.objects.with_public_id(public_id).first())
    if person is None:
        return _earlier_receipt(public_id)
    calls = _with_begun(_own_calls(person), person)
    return Preview(calls, reports=sum(1 for each in _waiting(spool) if _their_report(each, person, calls)))


def _earlier_receipt(public_id: str) -> Receipt:
    erasure = tombstones.erasure_of(ids=[public_id])
    if erasure is None:
        raise NobodyToErase(f"No customer has the id “{public_id}”.")
    return Receipt(erasure, already=True)


def _person(public_id: str, customer: Customer | None) -> _Person | None:
    """The customer, with all that is kept of earlier ones under the same ids or numbers, deleted since.

    Where there is no customer, whoever last had the id; None where nobody did.
    """
    known = _ids(customer) if customer else set()
    earlier = find_deleted(ids=known or {public_id})
    if not (customer or earlier):
        return None
    ids = _nobody_elses_ids(customer, known.union(*(each.ids for each in earlier)))
    values = {point.value for point in customer.contact_points.all()} if customer else set()
    numbers = _nobody_elses_numbers(customer, values.union(*(each.numbers for each in earlier)))
    pks = _own_pks(ids).union(each.pk for each in find_deleted(numbers=numbers))
    return _Person(frozenset(pks), ids, numbers)


def _ids(customer: Customer) -> set[str]:
    former = customer.aliases.values_list("public_id", flat=True)
    return {customer.public_id, f"{OWN_ID_PREFIX}{customer.pk}", *former}


def _own_pks(ids: Iterable[str]) -> set[int]:
    return {int(each.removeprefix(OWN_ID_PREFIX)) for each in ids if each.startswith(OWN_ID_PREFIX)}


def _nobody_elses_ids(customer: Customer | None, ids: set[str]) -> frozenset[str]:
    """Without those of others who live by now: given anew, or of somebody who was merged and restored since."""
    pk = customer.pk if customer else 0  # nobody's
    others = Customer.objects.exclude(pk=pk)
    present = others.filter(external_id__in=ids).values_list("external_id", flat=True)
    restored = others.filter(pk__in=_own_pks(ids)).values_list("pk", flat=True)
    former = CustomerAlias.objects.filter(public_id__in=ids).exclude(customer=pk).values_list("public_id", flat=True)
    return frozenset(ids.difference(present, (f"{OWN_ID_PREFIX}{each}" for each in restored), former))


def _nobody_elses_numbers(customer: Customer | None, values: set[str]) -> frozenset[str]:
    numbers = {key for value in values for key in national_variants(value)}
    shared = ContactPoint.objects.filter(value__in=numbers).exclude(customer=customer).values_list("value", flat=True)
    return frozenset(numbers.difference(key for value in shared for key in national_variants(value)))


def _own_calls(person: _Person) -> list[str]:
    """Vapi's ids of the person's calls."""
    calls = Call.objects.filter(_whose(person), erased_at=None).order_by("created_at", "pk")
    return list(calls.values_list("vapi_id", flat=True))


def _with_begun(calls: list[str], person: _Person) -> list[str]:
    """And of those that we began: one that is planned at Vapi would ring all the same."""
    begun = StartedCall.objects.filter(customer__in=person.pks).exclude(vapi_id="").values_list("vapi_id", flat=True)
    return list(dict.fromkeys([*calls, *begun]))


def _whose(person: _Person) -> Q:
    """The person's calls, and those of nobody from his numbers, or whose metadata names him.

    Of such are calls from before he was added here, or from before he was deleted and added again.
    """
    nobodys = [Q(number__in=person.numbers), *(Q(metadata__contains={"customerId": each}) for each in person.ids)]
    whose = Q(customer__in=person.pks)
    for calls in nobodys:  # each with an index of its own
        whose |= Q(customer=None) & calls
    return whose


def _forget(customer: Customer | None, person: _Person) -> None:
    """Deletes the customer with all that hangs on him, and what histories and staff's log say of them."""
    if customer:
        _delete(customer)
    for path in settings.FORGET_NUMBERS_WITH:
        import_string(path)(person.numbers)
    for pk in person.pks:
        history.forget(pk)


def _delete(customer: Customer) -> None:
    for relation in Customer._meta.related_objects:
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: customer})
        _forget_records(model, rows.values_list("pk", flat=True))
    customer.delete()


def _forget_records(model: Any, pks: Iterable[int]) -> None:
    """Deletes what staff's log says of these rows: who changed them, who read a transcript."""
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks]).delete()


def _strip_waiting(spool: Spool, person: _Person, calls: Sequence[str]) -> int:
    """Takes all that is personal from waiting reports of the person's calls, and from what we decided about them.

    Gives how many reports those were. One that somebody stores at this very moment loses it there: see reports.py and
    decided_calls.py.
    """
    count = 0
    for message in _waiting(spool):
        with _broken_or_gone():
            if message.suffix == DECISIONS:
                _strip_decisions(spool, message, person, calls)
            elif news := _their_report(message, person, calls):
                spool.replace(message, news.bare().to_json())
                count += 1
    return count


def _their_report(message: Path, person: _Person, calls: Sequence[str]) -> CallNews | None:
    """What waits there, where it is a report of the person's calls."""
    with _broken_or_gone():
        if message.suffix != DECISIONS:
            news = CallNews.from_json(message.read_bytes())
            if news.customer_id in person.ids or news.number in person.numbers or news.vapi_id in calls:
                return news
    return None


def _waiting(spool: Spool) -> list[Path]:
    return [*spool.waiting(), *spool.set_aside()]


def _broken_or_gone() -> AbstractContextManager[None]:
    """Passes over a message that is no use, or stored by now."""
    return suppress(FileNotFoundError, ValueError, TypeError, KeyError)


def _strip_decisions(spool: Spool, message: Path, person: _Person, call_ids: Sequence[str]) -> None:
    def is_theirs(call: DecidedCall) -> bool:
        return call.customer in person.pks or call.number in person.numbers or call.vapi_id in call_ids

    calls = decided_calls.from_json(message.read_bytes())
    if any(map(is_theirs, calls)):
        spool.replace(message, decided_calls.to_json([call.bare() if is_theirs(call) else call for call in calls]))

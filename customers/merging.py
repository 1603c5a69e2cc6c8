"""Making one customer of two: everything moves to the one who stays, under whose name the other's ids go on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers import history
from customers.history import Somebody
from customers.models import OWN_ID_PREFIX, ContactPoint, Customer, CustomerAlias
from customers.national_forms import national_variants
from customers.states import FACTS, Difference, State, differences, present_state

_CONSENT = frozenset({"call_consent_at", "call_consent_how"})


class NotMergeable(ValueError):
    """Two customers of whom nothing can be merged; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Merger:
    """What merging would make of the customer who stays, and what else would move to him, such as “3 calls”."""

    kept: Customer
    other: Customer
    differences: list[Difference]
    moving: list[str]


def plan_merger(kept_id: int, other_id: int) -> Merger:
    """What merge() would do. Raises NotMergeable."""
    kept, other = _both(kept_id, other_id)
    old = _state(kept)
    facts, contacts = dict(old.facts) | _facts(kept, other), dict(old.contacts)
    for value, contact in _state(other).contacts.items():
        contacts.setdefault(_same(value, contacts), contact)
    moving = sorted(
        f"{count} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}"
        for model, field in _relations()
        if (count := model._base_manager.filter(**{field: other}).count())
    )
    return Merger(kept, other, differences(old, State(facts, contacts)), moving)


@transaction.atomic
def merge(kept_id: int, other_id: int, *, by: Somebody, at: datetime) -> Customer:
    """Merges the other into the one who is kept, whose own facts stand; gives him.

    What he lacks is taken from the other: facts, attributes, tags, numbers, calls, pins; but no consent to be called,
    which was given to call the other's numbers. What either objects to counts. Both histories stay. The other's ids
    mean him from now on. Raises NotMergeable, after which nothing has changed.
    """
    kept, other = _both(kept_id, other_id, lock=True)
    facts, what = _facts(kept, other), f"Merged with {other} ({other.public_id})"
    aliases = [other.public_id, f"{OWN_ID_PREFIX}{other.pk}"]
    history.keep_found(other.pk)
    history.record(other.pk, by=by, at=at, what=f"Merged into {kept} ({kept.public_id})")
    with history.keeping(kept.pk, by=by, at=at, what=what):
        _move_contacts(kept, other)
        for model, field in _relations():
            model._base_manager.filter(**{field: other}).update(**{field: kept})
        other.delete()
        Customer.objects.filter(pk=kept.pk).update(**facts, updated_at=at)
        for alias in dict.fromkeys(aliases):
            if alias != facts.get("external_id"):
                CustomerAlias.objects.update_or_create(public_id=alias, defaults={"customer": kept})
    return Customer.objects.get(pk=kept.pk)


def _both(kept_id: int, other_id: int, *, lock: bool = False) -> tuple[Customer, Customer]:
    if kept_id == other_id:
        raise NotMergeable("These are the same customer: choose two.")
    customers = Customer.objects.order_by("pk").filter(pk__in=[kept_id, other_id])
    found = {each.pk: each for each in (customers.select_for_update() if lock else customers)}
    if len(found) < 2:
        raise NotMergeable("One of the two is not there any more: look again.")
    return found[kept_id], found[other_id]


def _state(customer: Customer) -> State:
    state = present_state(customer.pk)
    if state is None:
        raise NotMergeable("One of the two is not there any more: look again.")
    return state


def _facts(kept: Customer, other: Customer) -> dict[str, Any]:
    """What becomes of the facts of the one who is kept: only those that change."""
    lacking = (fact for fact in FACTS if getattr(kept, fact) in ("", None) and fact not in _CONSENT)
    facts = {fact: getattr(other, fact) for fact in lacking}
    facts["attributes"] = other.attributes | kept.attributes
    facts["tags"] = list(dict.fromkeys([*kept.tags, *other.tags]))
    facts["notes"] = "\n\n".join(note for note in (kept.notes, other.notes) if note)
    facts["blocked"] = kept.blocked or other.blocked
    facts["do_not_call"] = kept.do_not_call or other.do_not_call
    facts["remember_calls"] = kept.remember_calls and other.remember_calls
    return {fact: value for fact, value in facts.items() if value != getattr(kept, fact)}


def _relations() -> Iterator[tuple[Any, str]]:
    """All that points to a customer, whichever package it is of, but the numbers."""
    for relation in Customer._meta.related_objects:
        if relation.related_model is not ContactPoint:
            yield relation.related_model, relation.field.name


def _move_contacts(kept: Customer, other: Customer) -> None:
    """Those that both have count once, and stay main owner where either was."""
    have = {point.value: point for point in kept.contact_points.all()}
    for point in other.contact_points.all():
        same = have.get(_same(point.value, have))
        if same is None:
            ContactPoint.objects.filter(pk=point.pk).update(customer=kept)
            continue
        point.delete()
        extension = same.extension or point.extension
        main = same.is_main_owner or (point.is_main_owner and point.value == same.value)
        ContactPoint.objects.filter(pk=same.pk).update(extension=extension, is_main_owner=main)


def _same(value: str, among: Any) -> str:
    """The form in which this number stands among those; itself where it does not."""
    return next((form for form in national_variants(value) if form in among), value)

"""Bringing a customer back to a kept state, numbers included, as far as others have not taken their place since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from customers import history, tombstones
from customers.history import KeptState, Somebody
from customers.models import OWN_ID_PREFIX, ContactPoint, Customer
from customers.national_forms import national_variants
from customers.states import Difference, KeptContact, State, differences, nobody, present_state


class NotRestorable(ValueError):
    """A state that cannot be brought back; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """What bringing a state back would change, and what of it cannot come back as it was."""

    kept: KeptState
    state: State
    is_deleted: bool
    differences: list[Difference]
    warnings: list[str]


def plan_restoration(customer_id: int, revision: int) -> Restoration:
    """What restore() would do; raises NotRestorable where that state is not kept, or of somebody erased since."""
    kept = history.kept_state(customer_id, revision)
    if kept is None:
        raise NotRestorable("This state is not kept: it was erased, or never was this customer's.")
    present = present_state(customer_id)
    _refuse_erased(customer_id, kept, present)
    state, warnings = _possible(customer_id, kept.state, present)
    return Restoration(
        kept=kept,
        state=state,
        is_deleted=present is None,
        differences=differences(present or nobody(), state),
        warnings=warnings,
    )


def restore(customer_id: int, revision: int, *, by: Somebody, at: datetime) -> Restoration:
    """Brings that state back, the numbers too, and keeps this in the history; gives what was done.

    Raises NotRestorable, after which nothing has changed.
    """
    try:
        with transaction.atomic():
            Customer.objects.select_for_update().filter(pk=customer_id).first()
            plan = plan_restoration(customer_id, revision)
            when = plan.kept.revision.date_created
            with history.keeping(customer_id, by=by, at=at, what=f"Restored to {when:%Y-%m-%d %H:%M} UTC"):
                _write_facts(customer_id, plan, at)
                _write_contacts(customer_id, plan.state.contacts)
            return plan
    except IntegrityError as error:
        raise NotRestorable("Somebody saved the same number or id just now: look again, and restore then.") from error


def _refuse_erased(customer_id: int, kept: KeptState, present: State | None) -> None:
    """What would come back must not be of somebody erased since; what a customer has by now is the customer's."""
    had = {kept.state.facts["external_id"], f"{OWN_ID_PREFIX}{customer_id}"}
    have = {present.facts["external_id"], f"{OWN_ID_PREFIX}{customer_id}"} if present else set()
    values = set(kept.state.contacts).difference(present.contacts if present else ())
    numbers = [key for value in values for key in national_variants(value)]
    ids = had - have - {None}
    if erasure := tombstones.erasure_of(ids=ids, numbers=numbers, since=kept.revision.date_created):
        sentence = f"Somebody with this id or number was erased on {erasure.at:%Y-%m-%d}"
        raise NotRestorable(f"{sentence}, so this state does not come back, unless staff lift that erasure.")


def _possible(customer_id: int, wanted: State, present: State | None) -> tuple[State, list[str]]:
    """The wanted state without what others have by now; a sentence for each such thing and each shared number."""
    external_id, facts, warnings = wanted.facts["external_id"], dict(wanted.facts), []
    # No customer has an empty external id, but many have none.
    if other := Customer.objects.filter(external_id=external_id or "").exclude(pk=customer_id).first():
        facts["external_id"] = present.facts["external_id"] if present else None
        kept_id = facts["external_id"] or f"{OWN_ID_PREFIX}{customer_id}"
        warnings.append(f"The id {external_id} is {other}'s by now, so the customer's id will be {kept_id}.")
    contacts = dict(wanted.contacts)
    others = list(_others(customer_id, contacts))
    for point in others:
        if point.is_main_owner and contacts[point.value].is_main_owner:
            contacts[point.value] = contacts[point.value]._replace(is_main_owner=False)
            warnings.append(f"{point.value} has {point.customer} for its main owner by now, who stays that.")
    have = present.contacts if present else {}
    warnings += [
        f"{point.value} is also {point.customer}'s by now: it will be shared."
        for point in others
        if point.value not in have
    ]
    return replace(wanted, facts=facts, contacts=contacts), warnings


def _others(customer_id: int, contacts: Mapping[str, KeptContact]) -> Iterator[ContactPoint]:
    points = ContactPoint.objects.filter(value__in=list(contacts)).exclude(customer=customer_id)
    yield from points.select_related("customer").order_by("value", "pk")


def _write_facts(customer_id: int, plan: Restoration, at: datetime) -> None:
    if plan.is_deleted:
        Customer(pk=customer_id, **plan.state.facts).save(force_insert=True)
    facts = {**plan.state.facts, "created_at": plan.kept.created_at, "updated_at": at}
    Customer.objects.filter(pk=customer_id).update(**facts)


def _write_contacts(customer_id: int, contacts: Mapping[str, KeptContact]) -> None:
    ContactPoint.objects.filter(customer=customer_id).exclude(value__in=list(contacts)).delete()
    for value, contact in contacts.items():
        ContactPoint.objects.update_or_create(customer_id=customer_id, value=value, defaults=contact._asdict())

"""One customer written from plain values: the same facts and numbers again change nothing and leave no trace.

`values` are a customer's facts by name, valid and in the form in which they are kept, and under `phones`, `sip_uris`
and `trunk_identities` all his contacts of that kind (customers/contact_cells.py). What is not among them stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from customers import history
from customers.contact_cells import Contact
from customers.models import ContactPoint, Customer, CustomerAlias

Kind = ContactPoint.Kind

KINDS = {"phones": Kind.PHONE, "sip_uris": Kind.SIP, "trunk_identities": Kind.TRUNK}
TEXTS = ("name", "email", "tier", "language", "timezone", "notes")


class IdTaken(ValueError):
    """Another customer has this external id, or had it before the two were merged."""


def empty_values() -> dict[str, Any]:
    """All that a replaced customer is without being told otherwise; what he agreed or objected to stays."""
    facts: dict[str, Any] = dict.fromkeys(TEXTS, "") | {"joined_on": None, "tags": [], "attributes": {}, "active": True}
    return facts | {name: [] for name in KINDS}


@transaction.atomic
def create(values: Mapping[str, Any], *, who: str, at: datetime) -> Customer:
    """A new customer, with a history that says `who` added him. Raises IdTaken."""
    _check_id(values, None)
    facts = {name: value for name, value in values.items() if name not in KINDS}
    customer = Customer.objects.create(**facts)
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=customer, kind=contact.kind, value=contact.value, extension=contact.extension)
        for name in KINDS
        for contact in values.get(name, ())
    )
    Customer.objects.filter(pk=customer.pk).update(created_at=at, updated_at=at)
    history.record(customer.pk, by=None, at=at, what=f"{history.ADDED} by {who}")
    return Customer.objects.get(pk=customer.pk)


@transaction.atomic
def change(customer: Customer, values: Mapping[str, Any], *, who: str, at: datetime) -> bool:
    """Makes the customer as `values` say; whether that changed anything. Raises IdTaken."""
    _check_id(values, customer)
    changes = _compare(customer, values)
    if not changes:
        return False
    with history.keeping(customer.pk, by=None, at=at, what=f"{history.CHANGED} by {who}"):
        Customer.objects.filter(pk=customer.pk).update(**changes.facts, updated_at=at)
        ContactPoint.objects.filter(pk__in=changes.removed).delete()
        ContactPoint.objects.bulk_create(
            ContactPoint(customer=customer, kind=contact.kind, value=contact.value, extension=contact.extension)
            for contact in changes.added
        )
        for number, extension in changes.extensions.items():
            ContactPoint.objects.filter(pk=number).update(extension=extension)
    return True


def to_adopt(values: Mapping[str, Any]) -> Customer | None:
    """The one customer who has these numbers and no external id yet, as an import would adopt; locked."""
    keys = [key for name in KINDS for contact in values.get(name, ()) for key in contact.keys]
    owners = list(Customer.objects.filter(contact_points__value__in=keys).distinct()[:2]) if keys else []
    if len(owners) != 1 or owners[0].external_id:
        return None
    return Customer.objects.select_for_update().filter(pk=owners[0].pk, external_id=None).first()


@dataclass(frozen=True, slots=True)
class _Changes:
    facts: Mapping[str, Any]
    removed: Sequence[int]
    added: Sequence[Contact]
    extensions: Mapping[int, str]

    def __bool__(self) -> bool:
        return bool(self.facts or self.removed or self.added or self.extensions)


def _compare(customer: Customer, values: Mapping[str, Any]) -> _Changes:
    facts = {name: value for name, value in values.items() if name not in KINDS and _differs(customer, name, value)}
    points = list(customer.contact_points.all())
    wanted: dict[int, Contact] = {}
    added: list[Contact] = []
    for contact in (each for name in KINDS for each in values.get(name, ())):
        same = next((point.pk for point in points if point.value in contact.keys), None)
        if same is None:
            added.append(contact)
        else:
            wanted[same] = contact
    given = {KINDS[name] for name in values if name in KINDS}
    return _Changes(
        facts,
        removed=[point.pk for point in points if point.kind in given and point.pk not in wanted],
        added=added,
        extensions={
            p.pk: wanted[p.pk].extension for p in points if p.pk in wanted and wanted[p.pk].extension != p.extension
        },
    )


def _differs(customer: Customer, name: str, value: Any) -> bool:
    """As JSON: 1 and true are equal in Python but two attributes, and the order of attributes means nothing."""
    present, wanted = (orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in (getattr(customer, name), value))
    return present != wanted


def _check_id(values: Mapping[str, Any], customer: Customer | None) -> None:
    external_id = values.get("external_id")
    if not external_id:
        return
    others = Customer.objects.filter(external_id=external_id)
    former = CustomerAlias.objects.filter(public_id=external_id)
    if customer:
        others, former = others.exclude(pk=customer.pk), former.exclude(customer=customer)
    if others.exists():
        raise IdTaken(f"Another customer has the external_id “{external_id}”.")
    if former.exists():
        raise IdTaken(f"“{external_id}” is the earlier id of a customer who was merged into another.")

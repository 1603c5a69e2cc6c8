"""A customer at one moment, numbers included, and how two such states differ, in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, cast

from django.db.models import Field

from customers.models import ContactPoint, Customer

FACTS = (
    *("external_id", "name", "email", "tier", "joined_on", "language", "timezone"),
    *("tags", "attributes", "notes", "active", "blocked"),
    *("call_consent_at", "call_consent_how", "do_not_call", "remember_calls"),
)


class KeptContact(NamedTuple):
    """What is known of a number or address beside its value."""

    kind: str
    extension: str
    is_main_owner: bool


@dataclass(frozen=True, slots=True)
class State:
    """A customer as he was: his own fields, and his numbers and addresses by value."""

    facts: Mapping[str, Any]
    contacts: Mapping[str, KeptContact]


class Difference(NamedTuple):
    """One thing that differs, as staff read it; what is empty is an empty text."""

    label: str
    old: str
    new: str


def nobody() -> State:
    """The state before somebody was added: an empty form."""
    return State({fact: getattr(Customer(), fact) for fact in FACTS}, {})


def present_state(customer_id: int) -> State | None:
    """The customer as he is stored now; None if there is none."""
    facts = Customer.objects.filter(pk=customer_id).values(*FACTS).first()
    points = ContactPoint.objects.filter(customer=customer_id).values("value", *KeptContact._fields)
    return State(facts, contacts_by_value(points)) if facts else None


def contacts_by_value(points: Any) -> dict[str, KeptContact]:
    """Contact points, given as mappings, as a state holds them."""
    return {point["value"]: KeptContact(*(point[name] for name in KeptContact._fields)) for point in points}


def differences(old: State, new: State) -> list[Difference]:
    """What differs, in the order of the customer's page, each attribute on its own."""
    found = [Difference(label, _shown(before), _shown(after)) for label, before, after in _facts(old, new)]
    return found + list(_contacts(old, new))


def _facts(old: State, new: State) -> Iterator[tuple[str, Any, Any]]:
    for fact in FACTS:
        before, after = old.facts[fact], new.facts[fact]
        if before == after:
            continue
        if fact != "attributes":
            yield str(cast("Field[Any, Any]", Customer._meta.get_field(fact)).verbose_name), before, after
            continue
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                yield f"attributes.{key}", before.get(key), after.get(key)


def _contacts(old: State, new: State) -> Iterator[Difference]:
    for value in dict.fromkeys((*old.contacts, *new.contacts)):
        before, after = old.contacts.get(value), new.contacts.get(value)
        if before != after:
            kind = ContactPoint.Kind(cast(KeptContact, after or before).kind).label
            yield Difference(str(kind), _contact(value, before), _contact(value, after))


def _contact(value: str, kept: KeptContact | None) -> str:
    if kept is None:
        return ""
    extension = f" ext. {kept.extension}" if kept.extension else ""
    return f"{value}{extension}{', main owner' if kept.is_main_owner else ''}"


def _shown(value: Any) -> str:
    match value:
        case None | "" | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() | int() | float() | date():
            return str(value)
        case list() if all(isinstance(item, str) for item in value):
            return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)

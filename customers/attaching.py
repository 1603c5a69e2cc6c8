"""Calls that staff bring to their customer, and numbers by which the customer is recognised from then on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers import history
from customers.history import Somebody
from customers.models import Call, ContactPoint, Customer
from customers.phone_numbers import E164, SIP_URI, TRUNK_IDENTITY

Kind = ContactPoint.Kind


class NotAttachable(ValueError):
    """What cannot be brought together; the sentence says why."""


@transaction.atomic
def attach(call_id: int, customer_id: int, *, at: datetime) -> Call:
    """Makes a call that is nobody's, or that a browser only claims, the customer's. Raises NotAttachable."""
    call = _locked(call_id)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise NotAttachable("This customer is not there any more: choose again.")
    if call.customer and not call.claimed and call.customer != customer:
        raise NotAttachable(f"This call is {call.customer}'s already.")
    Call.objects.filter(pk=call.pk).update(customer=customer, claimed=False, updated_at=at)
    return _locked(call_id)


@transaction.atomic
def recognise_by_number(call_id: int, *, by: Somebody, at: datetime) -> str:
    """The call's number recognises its customer from now on; gives the number. Raises NotAttachable."""
    call = _locked(call_id)
    kind = _kind(call.number)
    if call.customer is None or kind is None or not may_recognise_by_number(call):
        raise NotAttachable("Nobody can be recognised by this call's number who is not recognised by it already.")
    with history.keeping(call.customer.pk, by=by, at=at, what="Number of a call added"):
        ContactPoint.objects.create(customer=call.customer, kind=kind, value=call.number)
        Customer.objects.filter(pk=call.customer.pk).update(updated_at=at)
    return call.number


def may_recognise_by_number(call: Call) -> bool:
    """Whether the call is surely somebody's who is not recognised by its number yet."""
    if call.customer is None or call.claimed or _kind(call.number) is None:
        return False
    return not call.customer.contact_points.filter(value=call.number).exists()


def other_owners(call: Call) -> list[Customer]:
    """The other customers who have the call's number, with whom it would be shared."""
    owners = Customer.objects.filter(contact_points__value=call.number).distinct() if call.number else ()
    return [owner for owner in owners if owner != call.customer]


def strays(customer_id: int) -> QuerySet[Call]:
    """Calls of nobody from numbers that this customer has and no other; a browser names what number it likes."""
    others = ContactPoint.objects.filter(value=OuterRef("value")).exclude(customer=customer_id)
    mine = ContactPoint.objects.filter(~Exists(others), customer=customer_id).values_list("value", flat=True)
    calls = Call.objects.filter(customer=None, erased_at=None, number__in=list(mine))
    return calls.exclude(type=Call.Type.WEB)


def attach_strays(customer_id: int, *, at: datetime) -> int:
    """Makes them the customer's; gives how many there were."""
    return strays(customer_id).update(customer=customer_id, updated_at=at)


def _locked(call_id: int) -> Call:
    call = Call.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=call_id).first()
    if call is None:
        raise NotAttachable("This call is not there any more.")
    if call.erased_at:
        raise NotAttachable("What was personal of this call is erased, so it stays nobody's.")
    return call


def _kind(number: str) -> Kind | None:
    """What a call's number is as a contact point; None where it is none."""
    shapes = {Kind.PHONE: E164, Kind.SIP: SIP_URI, Kind.TRUNK: TRUNK_IDENTITY}
    return next((kind for kind, shape in shapes.items() if shape.fullmatch(number)), None)

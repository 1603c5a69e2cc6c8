"""A customer in Vapi's words, within the limits of its CreateCustomerDTO.

https://docs.vapi.ai/api-reference/calls/create
"""

from typing import Any

from django.conf import settings

from assistants.outbound_permission import NotAllowed
from assistants.placeholders import harmless
from customers.models import ContactPoint, Customer
from customers.phone_numbers import read_caller

_LONGEST = 40
_SHORTEST_NUMBER = 3


class NotTheirNumber(ValueError):
    """The number that was named is none of the customer's."""


def contact_to_call(customer: Customer, phone: str, *, region: str) -> ContactPoint:
    """The customer's number or address that `phone` spells; without one the first number, else the first address.

    Raises NotTheirNumber, and NotAllowed where there is none at all.
    """
    points = list(customer.contact_points.all())
    if phone:
        keys = read_caller(numbers=[phone], sip_uris=[], region=region or settings.DEFAULT_REGION).keys
        if named := next((point for point in points if point.value in keys), None):
            return named
        raise NotTheirNumber("This is none of the customer's numbers: add it there first, or leave it out.")
    if not points:
        raise NotAllowed("no-number", "This customer has no number.")
    return next((point for point in points if point.kind == ContactPoint.Kind.PHONE), points[0])


def customer_dto(customer: Customer, point: ContactPoint) -> dict[str, Any]:
    """Whom Vapi is to call; what is longer than Vapi takes is left out, only a name is cut. Raises NotAllowed."""
    texts = {"email": harmless(customer.email), "externalId": harmless(customer.public_id)}
    return {
        **_address(point),
        **({"extension": point.extension} if point.extension else {}),
        **({"name": harmless(customer.name)[:_LONGEST]} if customer.name else {}),
        **{name: text for name, text in texts.items() if 0 < len(text) <= _LONGEST},
    }


def _address(point: ContactPoint) -> dict[str, Any]:
    if point.kind == ContactPoint.Kind.SIP:
        return {"sipUri": point.value}
    if len(point.value) < _SHORTEST_NUMBER:
        raise NotAllowed("no-number", f"Vapi calls no number as short as {point.value}.")
    if point.kind == ContactPoint.Kind.TRUNK:
        return {"number": point.value, "numberE164CheckEnabled": False}
    return {"number": point.value}

"""Whom we know, and every call they made."""

from customers.models.calls import Call
from customers.models.people import OWN_ID_PREFIX, ContactPoint, Customer, CustomerQuerySet, Import

__all__ = ["OWN_ID_PREFIX", "Call", "ContactPoint", "Customer", "CustomerQuerySet", "Import"]

"""Whom we know, and every call they made."""

from customers.models.calls import Call
from customers.models.erasures import Erasure, Tombstone, TombstoneKey
from customers.models.people import (
    OWN_ID_PREFIX,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerQuerySet,
    Import,
)
from customers.models.started_calls import StartedCall

__all__ = [
    "OWN_ID_PREFIX",
    "Call",
    "ContactPoint",
    "Customer",
    "CustomerAlias",
    "CustomerQuerySet",
    "Erasure",
    "Import",
    "StartedCall",
    "Tombstone",
    "TombstoneKey",
]

"""Whom we know, and every call they made."""

from customers.models.calls import LISTED_BY, Call, CallQuerySet
from customers.models.duties import Duty, FetchedCalls
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
from customers.models.uploads import Upload, UploadPart

__all__ = [
    "LISTED_BY",
    "OWN_ID_PREFIX",
    "Call",
    "CallQuerySet",
    "ContactPoint",
    "Customer",
    "CustomerAlias",
    "CustomerQuerySet",
    "Duty",
    "Erasure",
    "FetchedCalls",
    "Import",
    "StartedCall",
    "Tombstone",
    "TombstoneKey",
    "Upload",
    "UploadPart",
]

"""Who has this number? The call path's one way to customers; answers are plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import orjson
from django.db import OperationalError, connection

from customers.phone_numbers import CallerAddress

# Nobody's data is disclosed for a number with this many owners, so reading more of them would be waste.
_MOST_OWNERS = 50

_LOOK_UP = """
    SELECT point.value, point.is_main_owner, customer.id, customer.external_id, customer.name, customer.email,
           customer.tier, customer.joined_on, customer.language, customer.timezone, customer.tags,
           customer.attributes::text, customer.blocked
      FROM customers_contactpoint AS point
      JOIN customers_customer AS customer ON customer.id = point.customer_id
     WHERE point.value IN ({keys}) AND customer.active
     ORDER BY point.is_main_owner DESC
     LIMIT {most}
"""


class CallerStatus(StrEnum):
    """What we know of a caller."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    AMBIGUOUS = "ambiguous"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What a decision may know of a customer. `pk` is the row's number, `id` what the outside calls the customer."""

    id: str
    pk: int = 0
    name: str = ""
    email: str = ""
    tier: str = ""
    joined_on: date | None = None
    language: str = ""
    timezone: str = ""
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, Any] | None = None


NOBODY = CustomerFacts(id="")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is on the line. `customer` is set for known and blocked callers only.

    `agreed` is what may steer rules: the customer's facts, or what all owners of a shared number agree on.
    """

    address: CallerAddress
    status: CallerStatus
    customer: CustomerFacts | None = None
    agreed: CustomerFacts = NOBODY


def find_caller(address: CallerAddress) -> Caller:
    """The customer who has one of the address's keys; the first key that anybody has counts."""
    if address.withheld:
        return Caller(address, CallerStatus.WITHHELD)
    owners = _owners(address.keys) if address.keys else []
    key = next((key for key in address.keys if any(owner.key == key for owner in owners)), None)
    return _caller(address, [owner for owner in owners if owner.key == key], complete=len(owners) < _MOST_OWNERS)


def is_ready() -> bool:
    """Whether customers can be looked up now."""
    try:
        _owners(("+0",))
    except Exception:  # whatever keeps us from looking up, the answer is no
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Owner:
    key: str
    is_main: bool
    blocked: bool
    facts: CustomerFacts


def _owners(keys: tuple[str, ...]) -> list[_Owner]:
    try:
        rows = _look_up(keys)
    except OperationalError:
        # The connection may have died while it lay idle; a new one is tried once.
        connection.close()
        rows = _look_up(keys)
    return [_owner(row) for row in rows]


def _look_up(keys: tuple[str, ...]) -> list[tuple[Any, ...]]:
    # A parameter for each key: given an array, PostgreSQL plans anew each time, which takes longer than the look-up.
    query = _LOOK_UP.format(keys=", ".join(["%s"] * len(keys)), most=_MOST_OWNERS)
    with connection.cursor() as cursor:
        cursor.execute(query, keys)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _owner(row: tuple[Any, ...]) -> _Owner:
    key, is_main, number, external_id, name, email, tier, joined_on, language, timezone, tags, attributes, blocked = row
    facts = CustomerFacts(
        id=external_id or f"id:{number}",
        pk=number,
        name=name,
        email=email,
        tier=tier,
        joined_on=joined_on,
        language=language,
        timezone=timezone,
        tags=tuple(tags),
        attributes=_attributes(attributes),
    )
    return _Owner(key, is_main, blocked, facts)


def _attributes(text: str) -> Mapping[str, Any]:
    try:
        return dict(orjson.loads(text))
    except orjson.JSONDecodeError:
        # PostgreSQL keeps numbers like 1e400, which only SQL by hand can store; one fact less is no reason to fail.
        return {}


def _caller(address: CallerAddress, owners: list[_Owner], *, complete: bool) -> Caller:
    if not owners:
        return Caller(address, CallerStatus.UNKNOWN)
    if len(owners) == 1 or owners[0].is_main:
        owner = owners[0].facts
        status = CallerStatus.BLOCKED if owners[0].blocked else CallerStatus.KNOWN
        return Caller(address, status, owner, owner)
    if all(owner.blocked for owner in owners):
        return Caller(address, CallerStatus.BLOCKED)
    agreed = _agreed([owner.facts for owner in owners]) if complete else NOBODY
    return Caller(address, CallerStatus.AMBIGUOUS, agreed=agreed)


def _agreed(owners: list[CustomerFacts]) -> CustomerFacts:
    """What all owners of a shared number have in common and may steer rules: tier, language and time zone."""

    def common(values: set[str]) -> str:
        return values.pop() if len(values) == 1 else ""

    return CustomerFacts(
        id="",
        tier=common({owner.tier for owner in owners}),
        language=common({owner.language for owner in owners}),
        timezone=common({owner.timezone for owner in owners}),
    )

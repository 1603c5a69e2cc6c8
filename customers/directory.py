"""Who has this number? The call path's one way to customers; answers are plain frozen values.

Calls are answered from this node's copy (customers/local_copy); pages and commands may ask the database itself.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

import orjson
from django.conf import settings

from customers.local_copy import age, file, reading, source
from customers.phone_numbers import CallerAddress
from customers.remembered import NO_HISTORY, CallHistory, read_history

# Nobody's data is disclosed for a number with this many owners, so reading more of them would be waste.
_MOST_OWNERS = 50
_AS_THEY_ARE = ("id", "name", "email", "tier", "language", "timezone", "attributes")
# The follower confirms the copy twice a second; a copy that was not for so long is the last known one.
_LIVE_S = 5.0


class CallerStatus(StrEnum):
    """What we know of a caller."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    AMBIGUOUS = "ambiguous"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What a decision may know of a customer. `pk` is the row's number, `id` what the outside calls the customer.

    `agreed_to_calls` is since when we may call him of our own accord; None: not.
    """

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
    agreed_to_calls: datetime | None = None
    calls: CallHistory = NO_HISTORY


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


class Freshness(StrEnum):
    """How far the copy can be trusted: the upper rungs of the ladder on which calls are answered."""

    LIVE = "live"
    LAST_KNOWN = "last-known"
    TOO_OLD = "too-old"


# Nobody in particular, where customers' data must not be used.
NO_CALLER = Caller(CallerAddress(), CallerStatus.UNKNOWN)


def find_caller(address: CallerAddress) -> Caller:
    """The customer who has one of the address's keys; the first key that anybody has counts.

    Raises CopyUnusable where this node has no copy.
    """
    return _find(address, _from_copy)


def find_caller_in_database(address: CallerAddress) -> Caller:
    """The same as of now, for pages and commands. Raises database errors."""
    return _find(address, _from_database)


def known_customer(pk: int, address: CallerAddress = NO_CALLER.address) -> Caller:
    """A customer whom no number has to tell, as of now: signed in, or called by us there. Raises database errors.

    Inactive ones count as unknown, as they do when they call.
    """
    found = next(source.read_customers([pk]), None)
    owners = [_owner(list(source.FIELDS), ("", 1, found.id, found.facts))] if found else []
    return _caller(address, owners, complete=True)


def copy_age() -> float:
    """Seconds since PostgreSQL was last seen to hold what the copy holds; infinite where that never was."""
    return age.age(file.folder())


def freshness() -> Freshness:
    """Whether the copy is up to date, the last known, or so old that personal data is no longer to be used."""
    seconds = copy_age()
    if seconds <= _LIVE_S:
        return Freshness.LIVE
    return Freshness.LAST_KNOWN if seconds <= settings.COPY_MAX_AGE_HOURS * 3600 else Freshness.TOO_OLD


def require_copy() -> None:
    """Raises CopyUnusable, with a sentence, where this node has no complete copy."""
    reading.check()


def has_copy() -> bool:
    """Whether calls can be answered from this node's copy."""
    try:
        require_copy()
    except file.CopyUnusable:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Owner:
    key: str
    is_main: bool
    blocked: bool
    facts: CustomerFacts


def _find(address: CallerAddress, owners_of: Callable[[Sequence[str]], list[_Owner]]) -> Caller:
    if address.withheld:
        return Caller(address, CallerStatus.WITHHELD)
    owners = owners_of(address.keys) if address.keys else []
    key = next((key for key in address.keys if any(owner.key == key for owner in owners)), None)
    return _caller(address, [owner for owner in owners if owner.key == key], complete=len(owners) < _MOST_OWNERS)


def _from_copy(keys: Sequence[str]) -> list[_Owner]:
    names, rows = reading.owners(keys, most=_MOST_OWNERS)
    return [_owner(names, row) for row in rows]


def _from_database(keys: Sequence[str]) -> list[_Owner]:
    return list(map(partial(_owner, list(source.FIELDS)), source.read_owners(keys, most=_MOST_OWNERS)))


def _owner(names: list[str], row: reading.OwnerRow) -> _Owner:
    key, is_main, number, facts = row
    known = dict(zip(names, _values(facts), strict=True))
    # A file of another release may know more, or less.
    customer = CustomerFacts(
        pk=number,
        joined_on=_date(known.get("joined_on")),
        tags=tuple(known.get("tags", ())),
        agreed_to_calls=_moment(known.get("agreed_to_calls")),
        calls=read_history(known.get("calls"), known.get("promise")),
        **{name: known[name] for name in _AS_THEY_ARE if name in known},
    )
    return _Owner(key, bool(is_main), bool(known.get("blocked")), customer)


def _values(facts: bytes) -> list[Any]:
    try:
        return list(orjson.loads(facts))
    except orjson.JSONDecodeError:
        # PostgreSQL keeps numbers like 1e400, which only SQL by hand can store; one fact less is no reason to fail.
        return [{} if isinstance(fact, dict) else fact for fact in json.loads(facts, parse_int=str, parse_float=str)]


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:  # infinity, and years before Christ
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _caller(address: CallerAddress, owners: list[_Owner], *, complete: bool) -> Caller:
    if not owners:
        return Caller(address, CallerStatus.UNKNOWN)
    if len(owners) == 1 or owners[0].is_main:
        # Which of a shared number's owners made the calls from it, or makes this one, is not known.
        owner = owners[0].facts if len(owners) == 1 else replace(owners[0].facts, calls=NO_HISTORY)
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

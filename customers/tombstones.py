"""Knowing again somebody who was erased, without keeping who it was: ids and numbers as keyed hashes.

A mark is HMAC-SHA-256 (RFC 2104); PostgreSQL makes the same from the two padded keys when it looks through an import.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max

from customers.models import Erasure, Tombstone, TombstoneKey

ID, NUMBER = "id:", "number:"
_BLOCK = 64

# Needs import_match, see customers/matching.py. Only rows that would create somebody: a number may be others' by now.
ERASED_ROWS = f"""
    WITH named AS (
        SELECT nr, '{ID}' || coalesce(external_id, 'id:' || own_id) AS name FROM import_match
         WHERE NOT rejected AND customer_id IS NULL AND has_id
         UNION ALL
        SELECT nr, '{NUMBER}' || k.key FROM import_match JOIN import_contact AS k USING (nr)
         WHERE NOT rejected AND customer_id IS NULL
    ), marked AS (
        SELECT nr, encode(sha256(%s::bytea || sha256(%s::bytea || convert_to(name, 'UTF8'))), 'hex') AS mark FROM named
    )
    SELECT nr, '', format('This person was erased on %%s: take the row out, or let staff lift the erasure.',
                          to_char(max(e.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD'))
      FROM marked
      JOIN customers_tombstone USING (mark)
      JOIN customers_erasure AS e ON e.id = erasure_id
     GROUP BY nr
"""


def padded_keys() -> tuple[bytes, bytes]:
    """The key as HMAC's outer and inner hash begin with it."""
    key = bytes(TombstoneKey.get().secret).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x5C for byte in key), bytes(byte ^ 0x36 for byte in key)


def set_up(erasure: Erasure, *, ids: Iterable[str], numbers: Iterable[str]) -> None:
    """Keeps marks of these ids and numbers (in all forms in which they may come back)."""
    marks = _marks(ids=ids, numbers=numbers)
    Tombstone.objects.bulk_create(Tombstone(erasure=erasure, mark=mark) for mark in marks)


def erasure_of(
    *, ids: Iterable[str] = (), numbers: Iterable[str] = (), since: datetime | None = None
) -> Erasure | None:
    """The latest erasure of somebody with one of these ids or numbers that still stands; from `since` on, if given."""
    if not Tombstone.objects.exists():
        return None
    found = Erasure.objects.filter(tombstones__mark__in=_marks(ids=ids, numbers=numbers))
    return (found.filter(at__gte=since) if since else found).first()


def latest_erasures(*, ids: Iterable[str] = (), numbers: Iterable[str] = ()) -> dict[str, datetime]:
    """When whoever had one of these was last erased, by `ID + id` and `NUMBER + number`; only those who were."""
    if not Tombstone.objects.exists():
        return {}
    key = bytes(TombstoneKey.get().secret)
    names = {_mark(key, name): name for name in _names(ids=ids, numbers=numbers)}
    marks = Tombstone.objects.filter(mark__in=names).values_list("mark").annotate(Max("erasure__at"))
    return {names[mark]: at for mark, at in marks}


def _marks(*, ids: Iterable[str], numbers: Iterable[str]) -> list[str]:
    key = bytes(TombstoneKey.get().secret)
    return [_mark(key, name) for name in _names(ids=ids, numbers=numbers)]


def _names(*, ids: Iterable[str], numbers: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*(ID + each for each in ids), *(NUMBER + each for each in numbers)]))


def _mark(key: bytes, name: str) -> str:
    return hmac.digest(key, name.encode(), "sha256").hex()

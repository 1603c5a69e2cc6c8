"""What PostgreSQL holds for calls, and what has changed since the last look.

Statements leave notes of the customers they touched (migrations 0003, 0008 and 0014). A look finds exactly the notes
that have become visible since the last one, however long their transactions took, by comparing PostgreSQL's own
snapshots.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.remembered import JOIN_REMEMBERED

# What the copy knows of a customer. Inactive ones count as unknown, so nothing of them is copied.
FIELDS = {
    "id": "coalesce(customer.external_id, 'id:' || customer.id)",
    "name": "customer.name",
    "email": "customer.email",
    "tier": "customer.tier",
    "joined_on": "customer.joined_on",
    "language": "customer.language",
    "timezone": "customer.timezone",
    "tags": "customer.tags",
    "attributes": "customer.attributes",
    "blocked": "customer.blocked",
    "agreed_to_calls": "CASE WHEN NOT customer.do_not_call THEN customer.call_consent_at END",
    "calls": "remembered.calls",
    "promise": "remembered.promise",
}
_FACTS = f"json_build_array({', '.join(FIELDS.values())})::text"

ALL_CUSTOMERS = f"""
    COPY (
        SELECT customer.id, {_FACTS} FROM customers_customer AS customer {JOIN_REMEMBERED}
         WHERE customer.active
         ORDER BY customer.id
    ) TO STDOUT (FORMAT binary)
"""
# In SQLite's order, so that it only ever appends.
ALL_POINTS = """
    COPY (
        SELECT point.value, point.customer_id, point.is_main_owner::int
          FROM customers_contactpoint AS point JOIN customers_customer AS customer ON customer.id = point.customer_id
         WHERE customer.active
         ORDER BY point.value COLLATE "C", point.customer_id
    ) TO STDOUT (FORMAT binary)
"""
_SOME_CUSTOMERS = f"""
    SELECT customer.id, {_FACTS}, found.numbers, found.main
      FROM customers_customer AS customer
      {JOIN_REMEMBERED}
      LEFT JOIN (
          SELECT customer_id, array_agg(value) AS numbers, array_agg(is_main_owner::int) AS main
            FROM customers_contactpoint WHERE customer_id = ANY(%(ids)s::bigint[]) GROUP BY customer_id
      ) AS found ON found.customer_id = customer.id
     WHERE customer.id = ANY(%(ids)s::bigint[]) AND customer.active
"""
_OWNERS = f"""
    SELECT point.value, point.is_main_owner::int, customer.id, {_FACTS}
      FROM customers_contactpoint AS point JOIN customers_customer AS customer ON customer.id = point.customer_id
      {JOIN_REMEMBERED}
     WHERE point.value = ANY(%s) AND customer.active
     ORDER BY point.is_main_owner DESC
     LIMIT %s
"""
# After a restore, a fail-over or a crash one of these is another, and what was noted before says nothing: without
# `synchronous_commit`, a crash takes back what was committed last, and its transactions' numbers are given out again.
# After a crash, and only then, PostgreSQL begins its statistics anew.
_IDENTITY = """
    concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
              left(pg_walfile_name(pg_current_wal_lsn()), 8), current_database(),
              'customers_customer'::regclass::oid, 'customers_contactpoint'::regclass::oid,
              'customers_call'::regclass::oid, 'customers_copynote'::regclass::oid,
              extract(epoch FROM (SELECT stats_reset FROM pg_stat_archiver)))
"""
# Notes that came with a dump bear another server's transactions, which may lie in this one's future.
_NEW_NOTES = """
    FROM customers_copynote
   WHERE xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
     AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
     AND pg_visible_in_snapshot(xid, %(now)s::pg_snapshot)
"""
_KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class CopiedDocument:
    """Something small that layers above us want copied beside the customers.

    `revision` is an SQL expression that changes whenever the document may have; `read` gives it as bytes.
    """

    name: str
    revision: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: which database this is, its time, its snapshot, each document's revision.

    `time` is PostgreSQL's: whatever was committed before is in the snapshot.
    """

    source: str
    time: datetime
    snapshot: str
    revisions: tuple[str, ...]
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """A customer as he is in the database: the facts as JSON, and (number or address, is main owner) of each."""

    id: int
    facts: bytes
    points: tuple[tuple[str, int], ...]


def look(documents: Sequence[CopiedDocument], *, since: str | None) -> Look:
    """One cheap statement; `changed` tells whether there are notes that the snapshot `since` did not see."""
    revisions = ", ".join(f"({document.revision})::text" for document in documents)
    news = f"EXISTS (SELECT {_NEW_NOTES})".replace("%(now)s::pg_snapshot", "pg_current_snapshot()")
    row = _row(
        f"SELECT {_IDENTITY}, statement_timestamp(), pg_current_snapshot()::text, ARRAY[{revisions}]::text[],"
        f" {news if since else 'false'}",
        {"since": since} if since else None,
    )
    source, time, snapshot, found, changed = row
    return Look(source, time, snapshot, tuple(each or "" for each in found), changed)


def count_changed(*, since: str, now: str) -> int | None:
    """How many customers' changes became visible between two snapshots; None for all of them (a TRUNCATE)."""
    how_many, everybody = _row(
        f"SELECT coalesce(sum(how_many), 0)::bigint, coalesce(bool_or(customers IS NULL), false) {_NEW_NOTES}",
        {"since": since, "now": now},
    )
    return None if everybody else int(how_many)


def changed_customers(*, since: str, now: str) -> list[int]:
    """Who they are, each once; those of the smallest statements first: what staff do before what imports do."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customers {_NEW_NOTES} ORDER BY how_many", {"since": since, "now": now})
        return list(dict.fromkeys(number for (numbers,) in cursor for number in numbers))


def read_customers(ids: Sequence[int]) -> Iterator[Owner]:
    """Those of them who exist and are active, as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(_SOME_CUSTOMERS, {"ids": list(ids)})
        for number, facts, values, main in cursor:
            points = tuple(zip(values, main, strict=True)) if values else ()
            yield Owner(number, facts.encode(), points)


def read_owners(keys: Sequence[str], *, most: int) -> list[tuple[str, int, int, bytes]]:
    """Who has these numbers or addresses, in the form in which the copy says it: at most so many."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [list(keys), most])
        return [(value, main, number, facts.encode()) for value, main, number, facts in cursor]


def prune() -> None:
    """Removes old notes; who has not looked for so long fills anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM customers_copynote WHERE noted_at < now() - interval '{_KEPT_DAYS} days'")


def is_forgotten(look: Look, *, since: datetime) -> bool:
    """Whether notes made since that moment may have been pruned."""
    return (look.time - since).days >= _KEPT_DAYS - 1


def _row(statement: str, parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()

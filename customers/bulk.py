"""Many customers at once from plain values: an import without a file, with an outcome for each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from customers import importing, staging
from customers.cells import as_array
from customers.importing import ImportOutcome
from customers.models import OWN_ID_PREFIX
from customers.records import KINDS
from customers.rows import CustomerRows, Problem, check_whose
from customers.staging import FACTS

MOST = 10_000
CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"

_OUTCOMES = """
    SELECT m.nr, coalesce(m.customer_id, n.customer_id), c.external_id,
           n.nr IS NOT NULL, m.nr IN (SELECT nr FROM import_updated)
      FROM import_match AS m
      LEFT JOIN import_new AS n USING (nr)
      LEFT JOIN customers_customer AS c ON c.id = coalesce(m.customer_id, n.customer_id)
     WHERE NOT m.rejected
     ORDER BY m.nr
"""


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """What became of one item: its place (0 being the first), whose it is, and why it was rejected."""

    index: int
    outcome: str
    id: str | None = None
    external_id: str | None = None
    problems: Sequence[Problem] = ()


def upsert(
    items: Sequence[Mapping[str, Any] | Sequence[Problem]], *, who: str
) -> tuple[ImportOutcome, list[ItemOutcome]]:
    """Creates and updates customers as an import does, all in one transaction; gives what became of each item.

    An item is a customer's values as in customers/records.py, of which empty ones leave what is stored as it is, or
    what is wrong with it. Waits for an import that is running, as long as the transaction's lock_timeout lets it.
    """
    rows = _rows(items)
    with transaction.atomic(), connection.cursor() as cursor:
        importing.wait_for_others(cursor, lambda: None)
        total = staging.stage_rows(cursor, [(0, rows)])
        outcome = importing.write_staged(cursor, files=["API"], total=total, row_name="item")
        if outcome.created or outcome.updated:
            importing.record(outcome, files=["API"], by=who)
        return outcome, _outcomes(cursor)


def _outcomes(cursor: CursorWrapper) -> list[ItemOutcome]:
    found = [ItemOutcome(row.line, REJECTED, problems=row.problems) for row in staging.rejected_rows()]
    cursor.execute(_OUTCOMES)
    for nr, pk, external_id, is_new, is_updated in cursor.fetchall():
        outcome = CREATED if is_new else UPDATED if is_updated else UNCHANGED
        found.append(ItemOutcome(nr, outcome, f"{OWN_ID_PREFIX}{pk}", external_id))
    return sorted(found, key=lambda item: item.index)


def _rows(items: Sequence[Mapping[str, Any] | Sequence[Problem]]) -> CustomerRows:
    values: list[Mapping[str, Any]] = [item if isinstance(item, Mapping) else {} for item in items]
    rows = CustomerRows(list(range(len(items))))
    rows.facts = {fact: [_text(each.get(fact)) for each in values] for fact in ("external_id", *FACTS)}
    rows.attributes = [_json(each.get("attributes")) for each in values]
    rows.contacts = [[contact for name in KINDS for contact in each.get(name, ())] for each in values]
    rows.problems = {place: list(item) for place, item in enumerate(items) if not isinstance(item, Mapping)}
    check_whose(rows, "It has neither an external_id nor a number, so it is nobody's.")
    return rows


def _text(value: Any) -> str | None:
    if value in ("", None, []):
        return None
    return as_array(value) if isinstance(value, list) else str(value)


def _json(attributes: Mapping[str, Any] | None) -> str | None:
    return orjson.dumps(attributes).decode() if attributes else None

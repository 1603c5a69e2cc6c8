"""Many customers at once from plain values: an import without a file, with an outcome for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from customers import importing, staging
from customers.cells import as_array
from customers.importing import ImportOptions, ImportOutcome
from customers.models import OWN_ID_PREFIX
from customers.records import KINDS
from customers.rows import CustomerRow, Problem

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
    items: Sequence[Mapping[str, Any] | Sequence[Problem]], *, region: str, who: str
) -> tuple[ImportOutcome, list[ItemOutcome]]:
    """Creates and updates customers as an import does, all in one transaction; gives what became of each item.

    An item is a customer's values as in customers/records.py, of which empty ones leave what is stored as it is, or
    what is wrong with it. Waits for an import that is running.
    """
    rows = ((0, _row(index, item)) for index, item in enumerate(items))
    with transaction.atomic(), connection.cursor() as cursor:
        importing.wait_for_others(cursor, lambda: None)
        total = staging.stage_rows(cursor, rows)
        outcome = importing.write_staged(
            cursor, ["API"], ImportOptions(region=region), total, lambda missing, active: False, row_name="item"
        )
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


def _row(index: int, item: Mapping[str, Any] | Sequence[Problem]) -> CustomerRow:
    row = CustomerRow(index)
    if not isinstance(item, Mapping):
        row.problems.extend(item)
        return row
    row.facts = {name: _text(value) for name, value in item.items() if _is_fact(name) and value not in ("", None, [])}
    row.attributes = dict(item.get("attributes", {}))
    row.contacts = [contact for name in KINDS for contact in item.get(name, ())]
    if not row.contacts and "external_id" not in row.facts:
        row.problems.append(Problem("", "It has neither an external_id nor a number, so it is nobody's."))
    return row


def _is_fact(name: str) -> bool:
    return name not in KINDS and name != "attributes"


def _text(value: Any) -> str:
    return as_array(value) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)

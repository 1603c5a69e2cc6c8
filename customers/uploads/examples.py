"""A few rows of an import that was compared and not yet forgotten: whom they create, and what they change in whom.

Needs the tables of customers/staging.py, matching.py and changes.py.
"""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

from customers.changes import MERGED
from customers.states import KeptContact, State, differences, nobody, present_state

MOST = 5

_CREATED = f"""
    SELECT r.line, coalesce(r.name, r.external_id, ''), {", ".join(f"r.{field}" for field in MERGED)}, m.nr, NULL
      FROM import_match AS m JOIN import_row AS r USING (nr)
     WHERE NOT m.rejected AND m.customer_id IS NULL
     ORDER BY m.nr LIMIT {MOST}
"""
_UPDATED = f"""
    SELECT r.line, coalesce(nullif(c.name, ''), c.external_id, 'id:' || c.id), {", ".join(MERGED.values())},
           u.nr, u.customer_id
      FROM import_updated AS u
      JOIN import_row AS r USING (nr)
      JOIN customers_customer AS c ON c.id = u.customer_id
     ORDER BY u.nr LIMIT {MOST}
"""
_REMOVED = """
    SELECT p.value FROM import_removed AS r JOIN customers_contactpoint AS p USING (id) WHERE r.nr = %s
"""
_ADDED = "SELECT value, kind, coalesce(extension, '') FROM import_added WHERE nr = %s ORDER BY position"


def read_examples() -> dict[str, list[dict[str, Any]]]:
    """The first rows that create and that update: each with its line, who that is, and (label, old, new) of changes."""
    with connection.cursor() as cursor:
        return {"created": list(_examples(cursor, _CREATED)), "updated": list(_examples(cursor, _UPDATED))}


def _examples(cursor: CursorWrapper, question: str) -> Iterator[dict[str, Any]]:
    cursor.execute(question)
    for line, who, *values, nr, customer_id in cursor.fetchall():
        old = (present_state(customer_id) if customer_id else None) or nobody()
        new = State({**old.facts, **_facts(values)}, _contacts(cursor, old, nr))
        yield {"line": line, "who": who, "customer": customer_id, "changes": differences(old, new)}


def _facts(values: list[Any]) -> dict[str, Any]:
    """What the customer would be; what a new one is not given stays as it is with nobody."""
    given = {field: value for field, value in zip(MERGED, values, strict=True) if value is not None}
    if isinstance(given.get("attributes"), str):
        given["attributes"] = orjson.loads(given["attributes"])
    return given


def _contacts(cursor: CursorWrapper, old: State, nr: int) -> dict[str, KeptContact]:
    cursor.execute(_REMOVED, [nr])
    removed = {value for (value,) in cursor.fetchall()}
    cursor.execute(_ADDED, [nr])
    added = {value: KeptContact(kind, extension, False) for value, kind, extension in cursor.fetchall()}
    return {value: contact for value, contact in old.contacts.items() if value not in removed} | added

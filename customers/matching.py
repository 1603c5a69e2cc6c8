"""Whose rows these are: every staged row is matched with a customer, found to be new, or rejected.

A row is matched by its external id, else by its numbers: with the one customer who has all of them that anybody has.
A new external id adopts that customer if he has none. Needs the tables of customers/staging.py; makes import_match,
whose `customer_id` is NULL for new customers.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from customers.models import Tombstone
from customers.tombstones import ERASED_ROWS, padded_keys

_MATCH = """
    CREATE TEMPORARY TABLE import_match ON COMMIT DROP AS
    WITH by_id AS (
        SELECT r.nr, c.id FROM import_row AS r JOIN customers_customer AS c ON c.external_id = r.external_id
        UNION ALL
        SELECT r.nr, c.id FROM import_row AS r JOIN customers_customer AS c ON c.id = r.own_id
        UNION ALL
        SELECT r.nr, a.customer_id
          FROM import_row AS r
          JOIN customers_customeralias AS a ON a.public_id = coalesce(r.external_id, 'id:' || r.own_id)
         WHERE NOT EXISTS (
               SELECT FROM customers_customer AS c WHERE c.external_id = r.external_id OR c.id = r.own_id
         )
    ), owned AS (
        SELECT k.nr, k.value, p.customer_id
          FROM import_contact AS k JOIN customers_contactpoint AS p ON p.value = k.key
         WHERE NOT EXISTS (SELECT FROM by_id WHERE by_id.nr = k.nr)
    ), known AS (
        SELECT nr, count(DISTINCT value) AS numbers FROM owned GROUP BY nr
    ), owners AS (
        SELECT nr, customer_id, count(DISTINCT value) AS numbers FROM owned GROUP BY nr, customer_id
    ), by_number AS (
        SELECT known.nr, count(owners.customer_id) AS candidates, min(owners.customer_id) AS id
          FROM known LEFT JOIN owners USING (nr, numbers)
         GROUP BY known.nr
    ), candidate AS (
        SELECT n.nr, n.candidates, n.id, c.external_id IS NULL AS adoptable
          FROM by_number AS n LEFT JOIN customers_customer AS c ON c.id = n.id
    )
    SELECT r.nr, r.file, r.line, r.rejected, r.own_id, r.external_id,
           r.external_id IS NOT NULL OR r.own_id IS NOT NULL AS has_id,
           coalesce(r.external_id IS NOT NULL AND n.candidates = 1 AND n.adoptable, false) AS adopts,
           coalesce(r.external_id IS NULL AND r.own_id IS NULL AND n.candidates <> 1, false) AS ambiguous,
           CASE WHEN by_id.id IS NOT NULL THEN by_id.id
                WHEN r.own_id IS NULL AND n.candidates = 1 AND (r.external_id IS NULL OR n.adoptable) THEN n.id
            END AS customer_id
      FROM import_row AS r LEFT JOIN by_id USING (nr) LEFT JOIN candidate AS n USING (nr)
"""

# Two new external ids behind one number are two people: only the first can be the one who had no id yet.
_ADOPT_ONCE = """
    UPDATE import_match AS m
       SET customer_id = NULL, adopts = false
      FROM (SELECT customer_id, min(nr) AS nr FROM import_match WHERE adopts AND NOT rejected GROUP BY customer_id) AS o
     WHERE m.adopts AND m.customer_id = o.customer_id AND m.nr <> o.nr
"""

_UNKNOWN_OWN_ID = """
    SELECT nr, 'external_id', format('“id:%s” is none of our customers: leave the cell empty for a new one.', own_id)
      FROM import_match WHERE NOT rejected AND own_id IS NOT NULL AND customer_id IS NULL
"""
_AMBIGUOUS = """
    SELECT nr, '', 'Several customers have the numbers of this row: say with an external_id whose it is.'
      FROM import_match WHERE NOT rejected AND ambiguous
"""
_NOT_THERE = """
    SELECT nr, '', 'No customer has this external_id or number, and --update-only creates none.'
      FROM import_match WHERE NOT rejected AND customer_id IS NULL
"""

# Of several rows for one customer the first one counts; those that say by an id whose they are go before the others.
_SAME_CUSTOMER = """
    SELECT m.nr, twin.nr AS twin
      FROM import_match AS m
      JOIN (
        SELECT customer_id, coalesce(min(nr) FILTER (WHERE has_id), min(nr)) AS nr
          FROM import_match WHERE NOT rejected GROUP BY customer_id HAVING count(*) > 1
      ) AS twin USING (customer_id)
     WHERE NOT m.rejected AND m.nr <> twin.nr
"""
_SAME_EXTERNAL_ID = """
    SELECT m.nr, twin.nr AS twin
      FROM import_match AS m
      JOIN (
        SELECT external_id, min(nr) AS nr
          FROM import_match WHERE NOT rejected GROUP BY external_id HAVING count(*) > 1
      ) AS twin USING (external_id)
     WHERE NOT m.rejected AND m.nr <> twin.nr
"""
# A row without an id would match, by number, whom another row creates or gives that number.
_SAME_NUMBER = """
    WITH anonymous AS (
        SELECT m.nr, k.key FROM import_match AS m JOIN import_contact AS k USING (nr)
         WHERE NOT m.rejected AND NOT m.has_id AND m.customer_id IS NULL
    ), first AS (
        SELECT k.key, min(m.nr) FILTER (WHERE m.has_id) AS with_id, min(m.nr) FILTER (WHERE NOT m.has_id) AS without_id
          FROM import_contact AS k JOIN import_match AS m USING (nr)
         WHERE NOT m.rejected AND k.key IN (SELECT key FROM anonymous)
         GROUP BY k.key
    )
    SELECT nr, min(coalesce(with_id, without_id)) AS twin
      FROM anonymous JOIN first USING (key)
     WHERE with_id IS NOT NULL OR without_id < nr
     GROUP BY nr
"""


def match_rows(
    cursor: CursorWrapper, *, files: Sequence[str], update_only: bool = False, row_name: str = "line"
) -> None:
    """Makes import_match, and a problem for each row that cannot be anybody's; `files` are named in their sentences."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_match")
    cursor.execute(_MATCH)
    cursor.execute(_ADOPT_ONCE)
    cursor.execute("ANALYZE import_match")
    if Tombstone.objects.exists():
        _reject(cursor, ERASED_ROWS, padded_keys())
    _reject(cursor, _UNKNOWN_OWN_ID)
    _reject(cursor, _AMBIGUOUS)
    if update_only:
        _reject(cursor, _NOT_THERE)
    of_file = [f" of {name}" for name in files] if len(files) > 1 else [""]
    for twins in (_SAME_CUSTOMER, _SAME_EXTERNAL_ID, _SAME_NUMBER):
        _reject(cursor, _twin_problems(twins), [row_name, of_file])


def _twin_problems(twins: str) -> str:
    return f"""
        SELECT twins.nr, '', format('The row is the same customer as %%s %%s%%s.', %s::text, m.line,
               (%s::text[])[m.file + 1])
          FROM ({twins}) AS twins JOIN import_match AS m ON m.nr = twins.twin
    """


def _reject(cursor: CursorWrapper, problems: str, values: Sequence[Any] | None = None) -> None:
    cursor.execute(
        f"""
        WITH found AS (INSERT INTO import_problem (nr, "column", reason) {problems} RETURNING nr)
        UPDATE import_match AS m SET rejected = true FROM found WHERE found.nr = m.nr
        """,
        values,
    )

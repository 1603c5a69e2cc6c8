"""What an import would change, found by comparison and then written: nothing is touched that stays the same.

Needs the tables of customers/staging.py and customers/matching.py. A customer's numbers of a kind become those of his
row, if it has any of that kind. Fields and attributes that a row leaves open stay as they are.
"""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from customers.staging import FACTS, TEXTS

# More than one in so many customers are not made inactive unasked.
_UNASKED_SHARE = 10
_TABLES = ("import_added", "import_removed", "import_extension", "import_updated", "import_missing")

_ADDED = """
    CREATE TEMPORARY TABLE import_added ON COMMIT DROP AS
    SELECT m.nr, m.customer_id, k.position, k.kind, k.value, k.extension
      FROM import_match AS m
      JOIN import_contact AS k USING (nr)
      LEFT JOIN customers_contactpoint AS p ON p.customer_id = m.customer_id AND p.value = k.key
     WHERE {wanted}
     GROUP BY m.nr, m.customer_id, k.position, k.kind, k.value, k.extension
    HAVING count(p.id) = 0
"""
_REMOVED = """
    CREATE TEMPORARY TABLE import_removed ON COMMIT DROP AS
    SELECT p.id, m.nr
      FROM import_match AS m
      JOIN customers_contactpoint AS p USING (customer_id)
      JOIN (SELECT DISTINCT nr, kind FROM import_contact) AS given ON given.nr = m.nr AND given.kind = p.kind
      LEFT JOIN import_contact AS k ON k.nr = m.nr AND k.key = p.value
     WHERE {wanted} AND k.nr IS NULL
"""
_EXTENSIONS = """
    CREATE TEMPORARY TABLE import_extension ON COMMIT DROP AS
    SELECT p.id, m.nr, k.extension
      FROM import_match AS m
      JOIN import_contact AS k USING (nr)
      JOIN customers_contactpoint AS p ON p.customer_id = m.customer_id AND p.value = k.key
     WHERE {wanted} AND k.extension <> '' AND k.extension <> p.extension
"""
MERGED = {fact: f"coalesce(r.{fact}, c.{fact})" for fact in FACTS} | {
    "external_id": "coalesce(c.external_id, r.external_id)",
    "attributes": "c.attributes || coalesce(r.attributes, '{}')",
}
_UPDATED = f"""
    CREATE TEMPORARY TABLE import_updated ON COMMIT DROP AS
    SELECT m.nr, m.customer_id
      FROM import_match AS m
      JOIN import_row AS r USING (nr)
      JOIN customers_customer AS c ON c.id = m.customer_id
     WHERE {{wanted}}
       AND (({", ".join(f"c.{field}" for field in MERGED)}) IS DISTINCT FROM ({", ".join(MERGED.values())})
            OR m.nr IN (SELECT nr FROM import_added WHERE customer_id IS NOT NULL)
            OR m.nr IN (SELECT nr FROM import_removed)
            OR m.nr IN (SELECT nr FROM import_extension))
"""
# Whoever has a number of a rejected row is in the file all the same.
_MISSING = """
    CREATE TEMPORARY TABLE import_missing ON COMMIT DROP AS
    SELECT c.id
      FROM customers_customer AS c
     WHERE c.active
       AND NOT EXISTS (SELECT FROM import_match AS m WHERE m.customer_id = c.id)
       AND c.id NOT IN (
           SELECT p.customer_id
             FROM import_match AS m
             JOIN import_contact AS k USING (nr)
             JOIN customers_contactpoint AS p ON p.value = k.key
            WHERE m.rejected
       )
"""
_NAMELESS = """
    SELECT EXISTS (
        SELECT FROM import_match AS m
         WHERE m.rejected AND NOT m.has_id AND NOT EXISTS (SELECT FROM import_contact AS k WHERE k.nr = m.nr)
    )
"""
_COUNTS = """
    SELECT (SELECT count(*) FROM import_match WHERE NOT rejected AND customer_id IS NULL),
           (SELECT count(*) FROM import_updated),
           (SELECT count(*) FROM import_removed),
           (SELECT count(*) FROM (
               SELECT a.value
                 FROM import_added AS a
                 JOIN import_contact AS k USING (nr, position)
                 JOIN customers_contactpoint AS p ON p.value = k.key AND p.customer_id IS DISTINCT FROM a.customer_id
                WHERE a.kind = 'phone' AND p.id NOT IN (SELECT id FROM import_removed)
                UNION
               SELECT value FROM import_added WHERE kind = 'phone' GROUP BY value HAVING count(*) > 1
           ) AS shared)
"""

_NEW = """
    CREATE TEMPORARY TABLE import_new ON COMMIT DROP AS
    WITH ids AS MATERIALIZED (SELECT pg_get_serial_sequence('customers_customer', 'id')::regclass AS sequence)
    SELECT m.nr, nextval(ids.sequence) AS customer_id
      FROM (SELECT nr FROM import_match WHERE NOT rejected AND customer_id IS NULL ORDER BY nr) AS m, ids
"""
_DEFAULTS = dict.fromkeys(TEXTS, "''") | {"tags": "'{}'", "attributes": "'{}'", "active": "true"}
_DEFAULTS |= {"do_not_call": "false", "remember_calls": "true"}
_GIVEN = ("external_id", *FACTS, "attributes")
_CREATE = f"""
    INSERT INTO customers_customer (id, blocked, created_at, updated_at, {", ".join(_GIVEN)})
    SELECT n.customer_id, false, now(), now(),
           {", ".join(f"coalesce(r.{field}, {_DEFAULTS.get(field, 'NULL')})" for field in _GIVEN)}
      FROM import_new AS n JOIN import_row AS r USING (nr)
"""
_UPDATE = f"""
    UPDATE customers_customer AS c
       SET updated_at = now(), {", ".join(f"{field} = {value}" for field, value in MERGED.items())}
      FROM import_updated AS u JOIN import_row AS r USING (nr)
     WHERE c.id = u.customer_id
"""
_REMOVE = "DELETE FROM customers_contactpoint WHERE id IN (SELECT id FROM import_removed)"
_EXTEND = """
    UPDATE customers_contactpoint AS p SET extension = e.extension FROM import_extension AS e WHERE e.id = p.id
"""
_ADD = """
    INSERT INTO customers_contactpoint (customer_id, kind, value, extension, is_main_owner)
    SELECT coalesce(a.customer_id, n.customer_id), a.kind, a.value, coalesce(a.extension, ''), false
      FROM import_added AS a LEFT JOIN import_new AS n USING (nr)
     ORDER BY a.nr, a.position
"""
_DEACTIVATE = """
    UPDATE customers_customer AS c SET active = false, updated_at = now() FROM import_missing AS m WHERE m.id = c.id
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """How much an import would change: customers created and updated, numbers taken away, numbers shared by it."""

    created: int
    updated: int
    removed_numbers: int
    shared_numbers: int


@dataclass(frozen=True, slots=True)
class Missing:
    """How many of the active customers are in no file; `unsure` where a row might be anybody's."""

    missing: int
    active: int
    unsure: bool


def compare(cursor: CursorWrapper, *, create_only: bool) -> Changes:
    """Finds all differences between the rows and the customers they were matched with."""
    cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in _TABLES)}")
    wanted = "NOT m.rejected AND m.customer_id IS NULL" if create_only else "NOT m.rejected"
    for statement in (_ADDED, _REMOVED, _EXTENSIONS, _UPDATED):
        cursor.execute(statement.replace("{wanted}", wanted))
    for table in ("import_added", "import_updated"):
        cursor.execute(f"ANALYZE {table}")
    cursor.execute(_COUNTS)
    return Changes(*cursor.fetchone())


def find_missing(cursor: CursorWrapper) -> Missing:
    """Finds the active customers who are in no file."""
    cursor.execute(_MISSING)
    cursor.execute(
        "SELECT (SELECT count(*) FROM import_missing), (SELECT count(*) FROM customers_customer WHERE active)"
    )
    missing, active = cursor.fetchone()
    cursor.execute(_NAMELESS)
    return Missing(missing, active, unsure=cursor.fetchone()[0])


def apply(cursor: CursorWrapper) -> None:
    """Writes what compare() found."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_new")
    for statement in (_NEW, _REMOVE, _EXTEND, _UPDATE, _CREATE, _ADD):
        cursor.execute(statement)


def are_many(missing: int, active: int) -> bool:
    """Whether so many of the active customers do not become inactive unasked."""
    return missing * _UNASKED_SHARE > active


def deactivate_missing(cursor: CursorWrapper) -> None:
    """Makes those inactive whom find_missing() found."""
    cursor.execute(_DEACTIVATE)

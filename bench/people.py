"""Generated customers: each has the same name and number in every run, so that every answer can be checked."""

import json
from collections.abc import Iterable
from datetime import date, timedelta

import psycopg
from psycopg.types.json import Jsonb

_FIRST_NAMES = ("Ada", "Bela", "Carmen", "Dmitri", "Ewa", "Femi", "Grace", "Hassan", "Ines", "Jonas", "Keiko", "Liam")
_LAST_NAMES = ("Abara", "Brandt", "Castillo", "Dubois", "Eriksen", "Fontana", "Garcia", "Haddad", "Ivanova", "Jensen")
_TIERS = ("standard", "standard", "silver", "gold")
_LANGUAGES = ("en", "es", "de")
_FIRST_JOINED_ON = date(2015, 1, 1)

_CUSTOMERS = """
    COPY customers_customer (id, external_id, name, email, tier, joined_on, language, timezone, tags, attributes, notes,
                             active, blocked) FROM STDIN
"""
_CONTACT_POINTS = "COPY customers_contactpoint (customer_id, kind, value, extension, is_main_owner) FROM STDIN"
# The same data as somebody would lay it out who asks no more than this one question.
_PEERS_TABLE = """
    CREATE TABLE peer_customers AS
    SELECT external_id AS id, value AS phone_number, name, tier AS account_type, joined_on::text AS join_date
      FROM customers_customer AS customer JOIN customers_contactpoint AS point ON point.customer_id = customer.id
"""


def number_of(person: int) -> str:
    """The phone number in E.164 of a customer, counted from 0; all numbers have the same length."""
    return f"+1{2_012_000_000 + person}"


def name_of(person: int) -> str:
    """The customer's name, which nobody else has."""
    first = _FIRST_NAMES[person % len(_FIRST_NAMES)]
    last = _LAST_NAMES[person // len(_FIRST_NAMES) % len(_LAST_NAMES)]
    return f"{first} {last} {person}"


IMPORTED_COLUMNS = (
    *("external_id", "name", "phone", "email", "tier", "joined_on", "language", "timezone", "tags"),
    *("attributes.plan", "attributes.seats", "attributes.beta"),
)
COPIED_COLUMNS = (
    *("external_id", "name", "email", "tier", "joined_on", "language", "timezone", "notes", "active", "blocked"),
    *("phone", "tags", "attributes"),
)


def imported_person(person: int) -> list[object]:
    """The customer as a row of a table that people import, with IMPORTED_COLUMNS."""
    _, external_id, name, *facts = _customer(person)[:8]
    own = ["pro", person % 40, "yes" if person % 2 == 0 else "no"]
    return [external_id, name, number_of(person), *facts, f"newsletter;group-{person % 10}", *own]


def copied_person(person: int) -> list[object]:
    """The same as PostgreSQL copies it, with COPIED_COLUMNS; an empty cell would be NULL, so there are some notes."""
    attributes = json.dumps({"plan": "pro", "seats": person % 40, "beta": person % 2 == 0})
    tags = f"{{newsletter,group-{person % 10}}}"
    return [*_customer(person)[1:8], "-", True, False, number_of(person), tags, attributes]


def load_people(database_url: str, count: int) -> None:
    """Puts `count` customers with a number each into our empty tables, and the same data into the peer's."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        _copy(connection, _CUSTOMERS, map(_customer, range(count)))
        _copy(connection, _CONTACT_POINTS, map(_contact_point, range(count)))
        connection.execute(_PEERS_TABLE)
        connection.execute("ALTER TABLE peer_customers ADD PRIMARY KEY (phone_number)")
        connection.execute("VACUUM ANALYZE")


def _copy(connection: psycopg.Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _customer(person: int) -> tuple[object, ...]:
    return (
        person + 1,
        f"c{person}",
        name_of(person),
        f"c{person}@example.com",
        _TIERS[person % len(_TIERS)],
        _FIRST_JOINED_ON + timedelta(days=person % 4000),
        _LANGUAGES[person % len(_LANGUAGES)],
        "America/Chicago",
        ["newsletter", f"group-{person % 10}"],
        Jsonb({"plan": "pro", "seats": person % 40, "beta": person % 2 == 0}),
        "",
        True,
        False,
    )


def _contact_point(person: int) -> tuple[object, ...]:
    return person + 1, "phone", number_of(person), "", False

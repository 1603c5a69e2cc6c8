"""All customers as a table that an import takes back without changing anything."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, TextIO

import orjson
from django.db import connection, transaction

from customers.attribute_cells import write_attribute
from customers.cells import BETWEEN_VALUES, bare_tag
from customers.models import OWN_ID_PREFIX, ContactPoint

Kind = ContactPoint.Kind

_FIELDS = (
    *("email", "tier", "joined_on", "language", "timezone", "tags", "notes", "active"),
    *("call_consent_at", "call_consent_how", "do_not_call", "remember_calls"),
)
_CONTACT_COLUMNS = {Kind.PHONE: "phone", Kind.SIP: "sip_uri", Kind.TRUNK: "trunk_identity"}
_MOST_CONTACTS = """
    SELECT kind, max(number) FROM (
        SELECT kind, count(*) AS number FROM customers_contactpoint GROUP BY customer_id, kind
    ) AS counted GROUP BY kind
"""
_ATTRIBUTE_NAMES = "SELECT DISTINCT jsonb_object_keys(attributes) AS name FROM customers_customer ORDER BY name"
_CUSTOMERS = f"""
    SELECT c.id, c.external_id, c.name, {", ".join(f"c.{field}" for field in _FIELDS)}, c.attributes::text, p.contacts
      FROM customers_customer AS c
      LEFT JOIN LATERAL (
        SELECT array_agg(ARRAY[kind, value, extension] ORDER BY id) AS contacts
          FROM customers_contactpoint WHERE customer_id = c.id
      ) AS p ON true
     ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class _Columns:
    """How many columns of numbers and addresses there are, by kind, and which attributes."""

    contacts: dict[str, int]
    attributes: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        numbers = chain.from_iterable(
            [name, *(f"{name}_{number}" for number in range(2, self.contacts[kind] + 1))]
            for kind, name in _CONTACT_COLUMNS.items()
            if kind in self.contacts
        )
        return ["external_id", "name", *numbers, *_FIELDS, *(f"attributes.{name}" for name in self.attributes)]


def export_customers(stream: TextIO) -> int:
    """Writes all customers as they are at one moment, a row at a time; gives how many there were."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        columns = _read_columns()
        writer = csv.writer(stream)
        writer.writerow(columns.header)
        count = 0
        for count, row in enumerate(_customers(), start=1):  # noqa: B007  it is what is given back
            writer.writerow(_cells(row, columns))
    return count


def _read_columns() -> _Columns:
    with connection.cursor() as cursor:
        cursor.execute(_MOST_CONTACTS)
        # A table without numbers still says where they would stand.
        contacts = {Kind.PHONE.value: 1} | dict(cursor.fetchall())
        cursor.execute(_ATTRIBUTE_NAMES)
        return _Columns(contacts, tuple(name for (name,) in cursor.fetchall()))


def _customers() -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CUSTOMERS)
        yield from cursor


def _cells(row: tuple[Any, ...], columns: _Columns) -> list[str]:
    number, external_id, name, *fields, attributes, contacts = row
    facts = orjson.loads(attributes)
    return [
        external_id or f"{OWN_ID_PREFIX}{number}",
        name,
        *_contact_cells(contacts or [], columns),
        *map(_cell, fields),
        *(write_attribute(facts[key]) if key in facts else "" for key in columns.attributes),
    ]


def _contact_cells(contacts: Sequence[Sequence[str]], columns: _Columns) -> Iterable[str]:
    for kind in _CONTACT_COLUMNS:
        cells = [f"{value} ext. {extension}" if extension else value for k, value, extension in contacts if k == kind]
        yield from cells
        yield from [""] * (columns.contacts.get(kind, 0) - len(cells))


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case list():
            return _tags(value)
        case _:
            return str(value)


def _tags(tags: list[str]) -> str:
    if any(";" in tag or BETWEEN_VALUES in tag or tag != bare_tag(tag) for tag in tags):
        return f"json:{orjson.dumps(tags).decode()}"
    return ";".join(tags)

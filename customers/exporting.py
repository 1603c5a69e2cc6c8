"""Customers as a table that an import takes back without changing anything."""

import csv
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, TextIO

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.utils import CursorWrapper

from customers.attribute_cells import write_attribute
from customers.cells import write_tags
from customers.formulas import told_apart
from customers.models import OWN_ID_PREFIX, ContactPoint, CustomerQuerySet

Kind = ContactPoint.Kind

_FIELDS = (
    *("email", "tier", "joined_on", "language", "timezone", "tags", "notes", "active"),
    *("call_consent_at", "call_consent_how", "do_not_call", "remember_calls"),
)
_CONTACT_COLUMNS = {Kind.PHONE: "phone", Kind.SIP: "sip_uri", Kind.TRUNK: "trunk_identity"}
_MOST_CONTACTS = """
    SELECT kind, max(number) FROM (
        SELECT kind, count(*) AS number FROM customers_contactpoint {where} GROUP BY customer_id, kind
    ) AS counted GROUP BY kind
"""
_ATTRIBUTE_NAMES = """
    SELECT DISTINCT jsonb_object_keys(attributes) AS name FROM customers_customer {where} ORDER BY name
"""
_CUSTOMERS = f"""
    SELECT c.id, c.external_id, c.name, {", ".join(f"c.{field}" for field in _FIELDS)}, c.attributes::text, p.contacts
      FROM customers_customer AS c
      LEFT JOIN LATERAL (
        SELECT array_agg(ARRAY[kind, value, extension] ORDER BY id) AS contacts
          FROM customers_contactpoint WHERE customer_id = c.id
      ) AS p ON true
     {{where}}
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
    """Writes all customers as CSV, a row at a time; gives how many there were."""
    writer = csv.writer(stream)
    count = 0
    for count, row in enumerate(exported_rows()):  # noqa: B007  it is what is given back
        writer.writerow(row)
    return count


def exported_rows(
    chosen: CustomerQuerySet | None = None, *, write: Callable[[str], str] = told_apart
) -> Generator[list[str], None, None]:
    """The header, and then a row for each customer as they all are at one moment: those of `chosen`, or everybody.

    `write` puts a cell's text down so that customers.formulas.bare gives it back.
    """
    selection = _Selection.of(chosen)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        columns = _read_columns(selection)
        yield columns.header
        for row in _customers(selection):
            yield [write(cell) for cell in _cells(row, columns)]


@dataclass(frozen=True, slots=True)
class _Selection:
    """Whom to export, as a subquery of their ids; everybody where it is empty."""

    ids: str = ""
    values: tuple[Any, ...] = ()

    @classmethod
    def of(cls, chosen: CustomerQuerySet | None) -> "_Selection":
        if chosen is None:
            return cls()
        # Where nobody can be chosen, as after a search that found nobody, Django would refuse to write a question.
        compiler = chosen.order_by().values("pk").query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False)
        return cls(*compiler.as_sql())

    def ask(self, cursor: CursorWrapper, question: str, *, key: str) -> None:
        """Executes the question, whose {where} becomes a condition on the column `key`."""
        where = f"WHERE {key} IN ({self.ids})" if self.ids else ""
        cursor.execute(question.format(where=where), self.values)


def _read_columns(selection: _Selection) -> _Columns:
    with connection.cursor() as cursor:
        selection.ask(cursor, _MOST_CONTACTS, key="customer_id")
        # A table without numbers still says where they would stand.
        contacts = {Kind.PHONE.value: 1} | dict(cursor.fetchall())
        selection.ask(cursor, _ATTRIBUTE_NAMES, key="id")
        return _Columns(contacts, tuple(name for (name,) in cursor.fetchall()))


def _customers(selection: _Selection) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        selection.ask(cursor, _CUSTOMERS, key="c.id")
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
            return write_tags(value)
        case _:
            return str(value)

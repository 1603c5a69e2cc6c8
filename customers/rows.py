"""Many rows of a table, read as customers': what they say of whom, and what is wrong with them.

They are read column by column: where nothing is wrong with a column's cells, which is the rule, a look at all of them
costs a fraction of a look at each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from customers.cells import (
    FAILED_FORMULAS,
    InvalidCell,
    clean_all,
    fact_reader,
    read_email,
    read_external_id,
    read_flag,
    read_language,
    read_tags,
    read_timezone,
    refuse_failed_formula,
    text_reader,
)
from customers.columns import ATTRIBUTES, COUNTRY, FIRST_NAME, KEYS, LAST_NAME, Column
from customers.contact_cells import Contact, phone_reader, read_sip_uri, read_trunk_identity
from customers.date_cells import date_reader, moment_reader
from customers.misfits import last_data_column, why_misfit
from customers.table_rows import Row

LONGEST_NAME = 200
HALF_A_CONSENT = "A consent to be called needs both: call_consent_at says when it was given, call_consent_how how."
_CONTACTS = frozenset(KEYS[1:])


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: the column's name (empty where it is the row as a whole) and a sentence."""

    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


@dataclass(slots=True)
class CustomerRows:
    """What rows say, by column: every list has one entry for each row, None where the row says nothing.

    Dates, yes/no and lists stand as PostgreSQL reads them, attributes as JSON. `problems` are by place in the lists.
    """

    lines: list[int]
    facts: dict[str, list[str | None]] = field(default_factory=dict)
    attributes: list[str | None] = field(default_factory=list)
    contacts: list[Sequence[Contact]] = field(default_factory=list)
    problems: dict[int, list[Problem]] = field(default_factory=dict)

    def add_problem(self, place: int, column: str, reason: str) -> None:
        """One more of that row."""
        self.problems.setdefault(place, []).append(Problem(column, reason))

    def fact(self, name: str) -> list[str | None]:
        """A column, empty where there is none of that name."""
        return self.facts.get(name) or [None] * len(self.lines)


Reader = Callable[[str], Any]


class RowReader:
    """Reads the rows of one table."""

    def __init__(
        self, columns: Sequence[Column], *, header: Sequence[str], region: str, date_format: str | None = None
    ) -> None:
        """`columns` are those to read of all in `header`; `region` is that of numbers without a country code."""
        self._header = list(header)
        self._last = last_data_column(header)
        readers = _readers(region, date_format)
        self._columns = [(column, readers[column.field]) for column in columns]
        self._country = next((column.index for column in columns if column.attribute == COUNTRY), None)
        self._phone_reader = lru_cache(1000)(lambda country: phone_reader(region, country=country))

    def read(self, rows: Sequence[Row]) -> CustomerRows:
        """The rows as customers'; all their problems at once."""
        found = CustomerRows([row.line for row in rows])
        columns = list(zip(*(self._fitting(place, row.cells, found) for place, row in enumerate(rows)), strict=False))
        contacts, attributes = [], {}
        for column, read in self._columns:
            if column.field == "phone" and self._country is not None:
                values = self._read_phones(column.header, columns[column.index], columns[self._country], found)
            else:
                values = _read_column(column.header, read, columns[column.index], found)
            if column.field in _CONTACTS:
                contacts.append(values)
            elif column.field == ATTRIBUTES:
                attributes[column.attribute] = values
            else:
                found.facts[column.field] = values
        found.contacts = _contacts(contacts) if contacts else [()] * len(rows)
        found.attributes = _attributes(attributes) if attributes else [None] * len(rows)
        _name(found)
        check_whose(found, "The row has neither an external_id nor a number, so it is nobody's.")
        _check_consent(found)
        return found

    def _read_phones(
        self, header: str, cells: Sequence[str], countries: Sequence[str], found: CustomerRows
    ) -> list[Any]:
        """Each number as it is dialled in the country of its row."""
        pairs = zip(clean_all(cells), clean_all(countries), strict=True)
        return [
            _read_cell(place, header, self._phone_reader(country), text, found)
            for place, (text, country) in enumerate(pairs)
        ]

    def _fitting(self, place: int, cells: list[str], found: CustomerRows) -> list[str]:
        """The row's cells; a row that does not fit the header has a problem, and is read as an empty one."""
        sentence = why_misfit(cells, self._header, self._last)
        if not sentence:
            return cells
        found.add_problem(place, "", sentence)
        return [""] * len(self._header)


def check_whose(rows: CustomerRows, sentence: str) -> None:
    """Rows that are nobody's have the problem that `sentence` says."""
    for place, (external_id, contacts) in enumerate(zip(rows.fact("external_id"), rows.contacts, strict=True)):
        if not external_id and not contacts and place not in rows.problems:
            rows.add_problem(place, "", sentence)


def _read_column(header: str, read: Reader, cells: Sequence[str], found: CustomerRows) -> list[Any]:
    texts = clean_all(cells)
    if FAILED_FORMULAS.isdisjoint(texts):
        try:
            return [read(text) if text else None for text in texts]
        except InvalidCell:
            pass
    return [_read_cell(place, header, read, text, found) for place, text in enumerate(texts)]


def _read_cell(place: int, header: str, read: Reader, text: str, found: CustomerRows) -> Any:
    try:
        refuse_failed_formula(text)
        return read(text) if text else None
    except InvalidCell as error:
        found.add_problem(place, header, str(error))
        return None


def _contacts(columns: Sequence[Sequence[Sequence[Contact] | None]]) -> list[Sequence[Contact]]:
    if len(columns) == 1:
        return [each if each and len(each) == 1 else _once(each or ()) for each in columns[0]]
    return [_once(contact for several in row if several for contact in several) for row in zip(*columns, strict=True)]


def _once(contacts: Iterable[Contact]) -> Sequence[Contact]:
    """A number that stands twice counts once, with its extension if it has one anywhere."""
    found: list[Contact] = []
    for contact in contacts:
        same = next((place for place, other in enumerate(found) if contact.value in other.keys), None)
        if same is None:
            found.append(contact)
        elif contact.extension:
            found[same] = contact
    return found


def _attributes(columns: dict[str, list[Any]]) -> list[str | None]:
    rows = zip(*columns.values(), strict=True)
    found = [{name: value for name, value in zip(columns, row, strict=True) if value is not None} for row in rows]
    return [orjson.dumps(each).decode() if each else None for each in found]


def _name(rows: CustomerRows) -> None:
    """First and last name, where there is no whole one."""
    if FIRST_NAME not in rows.facts and LAST_NAME not in rows.facts:
        return
    whole = rows.fact("name")
    firsts, lasts = rows.fact(FIRST_NAME), rows.fact(LAST_NAME)
    for place, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        name = " ".join(filter(None, (first, last)))
        if len(name) > LONGEST_NAME:
            sentence = f"First and last name have more than {LONGEST_NAME} characters together."
            rows.add_problem(place, "", sentence)
        else:
            whole[place] = whole[place] or name or None
    rows.facts["name"] = whole


def _check_consent(rows: CustomerRows) -> None:
    if "call_consent_at" not in rows.facts and "call_consent_how" not in rows.facts:
        return
    parts = zip(rows.fact("call_consent_at"), rows.fact("call_consent_how"), strict=True)
    for place, (at, how) in enumerate(parts):
        if bool(at) != bool(how) and place not in rows.problems:
            rows.add_problem(place, "", HALF_A_CONSENT)


def _readers(region: str, date_format: str | None) -> dict[str, Reader]:
    return {
        "external_id": read_external_id,
        "name": text_reader("name"),
        FIRST_NAME: text_reader("name"),
        LAST_NAME: text_reader("name"),
        "phone": phone_reader(region),
        "sip_uri": read_sip_uri,
        "trunk_identity": read_trunk_identity,
        "email": read_email,
        "tier": text_reader("tier"),
        "joined_on": date_reader(date_format),
        "language": read_language,
        "timezone": read_timezone,
        "tags": read_tags,
        "notes": text_reader("notes"),
        "active": read_flag,
        "call_consent_at": moment_reader(date_format),
        "call_consent_how": text_reader("call_consent_how"),
        "do_not_call": read_flag,
        "remember_calls": read_flag,
        ATTRIBUTES: fact_reader(date_format),
    }

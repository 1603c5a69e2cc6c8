"""One row of a table, read as a customer's: what it says of whom, and what is wrong with it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from customers.cells import (
    InvalidCell,
    clean,
    date_reader,
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
from customers.columns import ATTRIBUTES, FIRST_NAME, KEYS, LAST_NAME, Column, is_bookkeeping
from customers.contact_cells import Contact, phone_reader, read_sip_uri, read_trunk_identity
from customers.tables import Row

LONGEST_NAME = 200
_CONTACTS = frozenset(KEYS[1:])

# What a rejects file puts before its last cell where a row had more or fewer cells than the header: without it, the
# row would fit when the file is imported again, though nobody has put it right.
MISFIT_MARK = "⚠"
_STILL_MISFIT = f"The row did not fit the header: put its cells in their places and take the {MISFIT_MARK} away."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: the column's name (empty where it is the row as a whole) and a sentence."""

    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


@dataclass(slots=True)
class CustomerRow:
    """What one row says. Fields of empty cells are left out, dates and lists stand as PostgreSQL reads them."""

    line: int
    facts: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


Reader = Callable[[str], Any]
# Puts the cell's text into the row; raises InvalidCell.
_Placer = Callable[[CustomerRow, str], None]


class RowReader:
    """Reads the rows of one table."""

    def __init__(
        self, columns: Sequence[Column], *, header: Sequence[str], region: str, date_format: str | None = None
    ) -> None:
        """`columns` are those to read of all in `header`; `region` is that of numbers without a country code."""
        self._width = len(header)
        self._last = last_data_column(header)
        readers = _readers(region, date_format)
        self._columns = [(column.index, column.header, _placer(column, readers)) for column in columns]

    def read(self, row: Row) -> CustomerRow:
        """The row as a customer's; all its problems at once."""
        found = CustomerRow(row.line)
        cells = row.cells
        if len(cells) != self._width and (problem := self._misfit(cells)):
            found.problems.append(problem)
            return found
        if cells[self._last].startswith(MISFIT_MARK):
            found.problems.append(Problem("", _STILL_MISFIT))
            return found
        for index, header, place in self._columns:
            if (cell := cells[index]) and (text := clean(cell)):
                try:
                    refuse_failed_formula(text)
                    place(found, text)
                except InvalidCell as error:
                    found.problems.append(Problem(header, str(error)))
        _complete(found)
        return found

    def _misfit(self, cells: Sequence[str]) -> Problem | None:
        """A row that is too long is fine where nothing stands in what is too much."""
        if len(cells) > self._width and not any(map(str.strip, cells[self._width :])):
            return None
        return Problem(
            "",
            f"The row has {len(cells)} cells and the header {self._width}: put cells that hold the separator or a "
            'line break between quotation marks ("…").',
        )


def last_data_column(header: Sequence[str]) -> int:
    """The place of the last column that is none of those which only a rejects file has."""
    return max(index for index, name in enumerate(header) if not is_bookkeeping(name))


def _complete(row: CustomerRow) -> None:
    """What can be said of a row only after all its cells were read."""
    first, last = row.facts.pop(FIRST_NAME, ""), row.facts.pop(LAST_NAME, "")
    name = f"{first} {last}".strip()
    if len(name) > LONGEST_NAME:
        row.problems.append(Problem("", f"First and last name have more than {LONGEST_NAME} characters together."))
    elif name:
        row.facts.setdefault("name", name)
    if not row.contacts and not row.problems and "external_id" not in row.facts:
        row.problems.append(Problem("", "The row has neither an external_id nor a number, so it is nobody's."))


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
        ATTRIBUTES: fact_reader(date_format),
    }


def _placer(column: Column, readers: dict[str, Reader]) -> _Placer:
    read, name = readers[column.field], column.field

    def place_fact(row: CustomerRow, text: str) -> None:
        row.facts[name] = read(text)

    def place_attribute(row: CustomerRow, text: str) -> None:
        row.attributes[column.attribute] = read(text)

    def place_contacts(row: CustomerRow, text: str) -> None:
        _add_contacts(row, read(text))

    if name == ATTRIBUTES:
        return place_attribute
    return place_contacts if name in _CONTACTS else place_fact


def _add_contacts(row: CustomerRow, found: Iterable[Contact]) -> None:
    """A number that stands twice counts once, with its extension if it has one anywhere."""
    for contact in found:
        same = next((i for i, other in enumerate(row.contacts) if contact.value in other.keys), None)
        if same is None:
            row.contacts.append(contact)
        elif contact.extension:
            row.contacts[same] = contact

"""Whatever stands in a table, and however it is written: every row has an outcome, and what was done is done."""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.importing import ImportOptions, import_customers
from customers.models import ContactPoint, Customer
from customers.rejects import write_rejects
from customers.staging import RejectedRow
from customers.tables import UnreadableTable, open_table

KEYS = ["external_id", "phone", "Mobile Phone", "sip_uri", "trunk_identity"]
OTHERS = ["name", "First Name", "Last Name", "email", "tier", "joined_on", "language", "timezone", "tags", "notes"]
OTHERS += ["active", "attributes.x", "attributes.Größe", "line", "reason"]
OTHERS += ["call_consent_at", "call_consent_how", "do_not_call", "remember_calls"]

# Few numbers and ids, so that many rows share them.
WHOSE = ["c001", "c002", "id:999999999", "+13035550101", "303-555-0102", "(303) 555-0101 x7", "+541123456789"]
WHOSE += [
    "+54 9 11 2345 6789",
    "+13035550101; 303-555-0102",
    "sip:ada@example.com",
    "PBX17",
    "anonymous",
    "1.41556E+10",
]
FACTS = [
    "ada@example.com",
    "2023-04-01",
    "2023-04-01T10:30Z",
    "en",
    "Europe/London",
    "a;b",
    'json:["a;b"]',
    "yes",
    "no",
]
FACTS += [
    "12",
    "007",
    "json:",
    "#N/A",
    "=1+1",
    '"',
    "\\.",
    "\\N",
    "⚠ x",
    "two\nlines",
    "a\rb",
    "a\0b",
    "\ufeff",
    "\u200b",
]
CELLS = st.just("") | st.sampled_from(WHOSE) | st.sampled_from(FACTS)
CELLS |= st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@dataclass(frozen=True)
class Written:
    """A table and the way in which it is written."""

    header: list[str]
    rows: list[list[str]]
    encoding: str
    delimiter: str
    line_end: str

    def write(self, path: Path) -> None:
        text = io.StringIO(newline="")
        own_line_ends = any("\r" in cell or "\n" in cell for row in self.rows for cell in row)
        # csv quotes no line ends but those that it writes itself.
        quoting: Literal[0, 1] = csv.QUOTE_ALL if own_line_ends else csv.QUOTE_MINIMAL
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end, quoting=quoting)
        writer.writerows([self.header, *self.rows])
        path.write_bytes(text.getvalue().encode(self.encoding, errors="replace"))

    @property
    def data_rows(self) -> int:
        return sum(any(cell.strip() for cell in row) for row in self.rows)


@st.composite
def tables(draw: st.DrawFn) -> Written:
    """Columns in any order, of which at least one says whose a row is."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    header = draw(st.permutations(keys + draw(st.lists(st.sampled_from(OTHERS), max_size=6, unique=True))))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    cells = CELLS
    if encoding == "cp1252":
        header = [name.replace("Größe", "size") for name in header]
        # What this encoding lacks; é never looks like UTF-8.
        cells = cells.map(lambda cell: "".join(c if c.isascii() else "é" for c in cell))
    row = st.tuples(*(st.sampled_from(WHOSE) | cells if name in KEYS else cells for name in header)).map(list)
    rows = draw(st.lists(row, min_size=1, max_size=8))
    # The same row once more, and one that lost its end.
    rows += draw(st.lists(st.sampled_from(rows), max_size=2))
    rows += [row[:-1] for row in draw(st.lists(st.sampled_from(rows), max_size=1)) if len(row) > 1]
    return Written(header, rows, encoding, draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"])))


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=20 * int(os.environ.get("SOAK", "1")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=tables())
def test_every_row_has_an_outcome_and_what_was_done_is_done(transactional_db: None, table: Written) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE customers_customer, customers_import CASCADE")
    with TemporaryDirectory() as folder:
        _check(table, Path(folder))


def _check(table: Written, folder: Path) -> None:
    path = folder / "people.csv"
    table.write(path)
    try:
        counts, rejected = _import(path)
    except UnreadableTable:
        assert not Customer.objects.exists()
        return  # more control characters than any text has
    assert sum(counts) == table.data_rows
    stored = _stored()
    assert len(stored[0]) == counts[0]
    assert _import(path) == ((0, 0, sum(counts[:3]), counts[3]), rejected) or _twins(rejected)
    assert _stored() == stored
    call_command("export_customers", str(folder / "all.csv"), stdout=io.StringIO())
    assert _import(folder / "all.csv") == ((0, 0, counts[0], 0), [])
    assert _stored() == stored
    _check_rejects(path, rejected, folder / "rejects.csv")


def _check_rejects(path: Path, rejected: list[RejectedRow], rejects: Path) -> None:
    """What is wrong with a row itself is still wrong with it; a second row of one customer is now the only one."""
    with rejects.open("w", encoding="utf-8", newline="") as stream:
        write_rejects(stream, [open_table(path)], rejected)
    _, again = _import(rejects)
    for before in rejected:
        if not _twins([before]):
            assert any(_wrong(row) == _wrong(before) for row in again), before


def _wrong(row: RejectedRow) -> list[str]:
    return [str(each) for each in row.problems if "did not fit" not in each.reason and "has" not in each.reason]


def _twins(rows: Sequence[RejectedRow]) -> bool:
    return any("same customer" in problem.reason for row in rows for problem in row.problems)


def _import(path: Path) -> tuple[tuple[int, int, int, int], list[RejectedRow]]:
    rejected: list[RejectedRow] = []
    found = import_customers([open_table(path)], options=ImportOptions(region="US"), on_rejected=rejected.extend)
    return (found.created, found.updated, found.unchanged, found.rejected), rejected


def _stored() -> tuple[list[Any], list[Any]]:
    return list(Customer.objects.order_by("pk").values()), list(ContactPoint.objects.order_by("pk").values())

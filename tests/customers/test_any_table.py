"""Whatever stands in a table: every row has an outcome, and importing it again changes nothing."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import ContactPoint, Customer
from customers.tables import UnreadableTable
from tests.customers.importing_cases import Importer

HEADER = ["external_id", "name", "phone", "phone_2", "sip_uri", "trunk_identity", "email", "tier", "joined_on"]
HEADER += ["language", "timezone", "tags", "notes", "active", "attributes.x"]

WORDS = [
    "c001",
    "c002",
    "id:1",
    "+13035550101",
    "303-555-0102",
    "+541123456789",
    "+54 9 11 2345 6789",
    "ada@example.com",
]
WORDS += [
    "sip:ada@example.com",
    "2023-04-01",
    "en",
    "Europe/London",
    "a;b",
    "yes",
    "12",
    "anonymous",
    "1E+10",
    '"',
    "\\.",
]
CELLS = st.just("") | st.sampled_from(WORDS) | st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)), min_size=1, max_size=8)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_every_row_has_an_outcome_and_a_second_import_changes_nothing(db: None, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    with TemporaryDirectory() as folder, transaction.atomic():
        _check(Importer(Path(folder)), text.getvalue(), rows)
        transaction.set_rollback(True)


def _check(imported: Importer, text: str, rows: list[list[str]]) -> None:
    try:
        counts = imported(text).counts
    except UnreadableTable:
        return  # more control characters than any text has
    assert sum(counts) == sum(any(cell.strip() for cell in row) for row in rows)
    stored = _stored()
    assert len(stored[0]) == counts[0]
    assert imported(text).counts[:2] == (0, 0)
    assert _stored() == stored


def _stored() -> tuple[list[Any], list[Any]]:
    return list(Customer.objects.order_by("pk").values()), list(ContactPoint.objects.order_by("pk").values())

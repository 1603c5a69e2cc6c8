"""Exporting what the list of customers shows, as CSV and as a workbook."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from openpyxl import load_workbook

from customers import export_page
from customers.importing import ImportOptions, import_customers
from customers.tables import open_table
from tests.admin_forms import signed_in
from tests.conftest import customer

LIST = "/admin/customers/customer/"
EXPORT = f"{LIST}export/"

# An export is a transaction of its own, read only.
exports = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    cache.clear()  # of the values to filter by
    ada = customer("c001", "Ada Example", "+13035550101", tier="gold", notes="one\r\ntwo")
    ada.contact_points.create(kind="phone", value="+13035550109", extension="12")
    customer("c002", '=HYPERLINK("http://evil.example")', "+13035550102", attributes={"x": -5, "y": "'+1"})
    customer(None, "@Carmen", tier="gold", tags=["-a", "b;c"])
    return signed_in(client)


def export(client: Client, ending: str, query: str = "") -> bytes:
    answer: Any = client.post(f"{EXPORT}{query}", {"as": ending})
    assert answer["Content-Disposition"].endswith(f'.{ending}"')
    return b"".join(answer)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@exports
def test_the_button_means_what_the_list_shows(staff: Client) -> None:
    assert f'href="{EXPORT}?tier=gold&amp;q=Carmen"' in staff.get(f"{LIST}?tier=gold&q=Carmen").text
    names = [row["name"] for row in rows_of(export(staff, "csv", "?tier=gold"))]
    assert names == ["Ada Example", "'@Carmen"]
    assert [row["name"] for row in rows_of(export(staff, "csv", "?tier=gold&q=Ada"))] == ["Ada Example"]


@exports
def test_a_list_that_shows_nobody_is_exported_as_a_header(staff: Client) -> None:
    assert "0 customers" in staff.get(f"{EXPORT}?q=nobody").text
    assert export(staff, "csv", "?q=nobody").decode("utf-8-sig").startswith("external_id,name,phone,")
    assert rows_of(export(staff, "csv", "?q=nobody")) == []


@exports
def test_no_cell_is_a_formula_and_numbers_stay_text(staff: Client) -> None:
    content = export(staff, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in rows_of(content) for cell in row.values()]
    assert {"'+13035550101", "'+13035550109 ext. 12", "'-5", "''+1"} < set(cells)
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    sheet = load_workbook(io.BytesIO(export(staff, "xlsx"))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}, "n is an empty cell"
    assert [sheet["B3"].value, sheet["C2"].value] == ['=HYPERLINK("http://evil.example")', "+13035550101"]


@exports
def test_importing_the_export_changes_nothing(staff: Client, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"export.{ending}"
        path.write_bytes(export(staff, ending))
        outcome = import_customers(
            [open_table(path)], options=ImportOptions(region="GB"), on_rejected=lambda rejected: None
        )
        assert str(outcome) == "0 created, 0 updated, 3 unchanged, 0 rejected", ending


def test_more_than_a_sheet_holds_is_offered_as_csv_only(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_page, "MOST_ROWS", 3)
    assert "xlsx" not in staff.get(EXPORT).text
    assert "text/html" in staff.post(EXPORT, {"as": "xlsx"})["Content-Type"]


def test_a_search_that_finds_too_many_says_that_it_was_cut_off(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_page, "MOST_FOUND", 1)
    assert "The search finds more than these" in staff.get(f"{EXPORT}?q=Ada").text
    assert "The search finds more than these" not in staff.get(EXPORT).text


def test_a_workbook_is_not_made_of_what_excel_would_call_damaged(staff: Client) -> None:
    customer("c009", "Dmitri Volkov", notes="x" * 32_768)
    assert "A cell of Excel holds 32,767 characters" in staff.get(EXPORT).text
    assert "text/html" in staff.post(EXPORT, {"as": "xlsx"})["Content-Type"]
    assert "A cell of Excel" not in staff.get(f"{EXPORT}?tier=gold").text

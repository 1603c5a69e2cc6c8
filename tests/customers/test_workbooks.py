"""Excel workbooks: which sheet is read, what its cells say, and what is refused."""

import tracemalloc
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from customers.tables import UnreadableTable, open_table
from tests.customers.workbook_cases import new_workbook, rewrite_part, write_workbook, write_zip

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.xlsx"


def cells_of(path: Path) -> list[list[str]]:
    return [row.cells for row in open_table(path).rows()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Elena García", "Elena García"),
        (14155551234, "14155551234"),
        (14155551234.0, "14155551234"),
        (-12, "-12"),
        (0.5, "0.5"),
        (0.1 + 0.2, "0.3"),
        (1234567890123456789, "1.23457E+18"),
        (True, "yes"),
        (False, "no"),
        (date(2023, 4, 1), "2023-04-01"),
        (datetime(2023, 4, 1), "2023-04-01"),  # noqa: DTZ001  spreadsheets have no time zones
        (datetime(2023, 4, 1, 9, 30), "2023-04-01 09:30:00"),  # noqa: DTZ001
        (time(9, 30), "09:30:00"),
        ("1.41556E+10", "1.41556E+10"),
        ("007", "007"),
        ("one_x000D_\ntwo", "one\ntwo"),
        ("_x0041_da_x005F_x0042_ _x_", "Ada_x0042_ _x_"),
        ("a_xD83D_b", "ab"),
    ],
)
def test_cells_say_what_people_see(path: Path, value: Any, text: str) -> None:
    write_workbook(path, [["id", "x", "y"], ["c1", value, None]])
    assert cells_of(path) == [["c1", text, ""]]


def test_zeros_in_front_that_a_cell_shows_are_kept(path: Path) -> None:
    workbook, [sheet] = new_workbook([["id"], [42]])
    sheet["A2"].number_format = "00000"
    workbook.save(path)
    assert cells_of(path) == [["00042"]]


def test_rows_carry_their_number_in_the_sheet(path: Path) -> None:
    workbook, [sheet] = new_workbook([[], [" id ", "name", " "], ["c1", "Ada"], [None, " "]])
    sheet["A9"] = "c9"
    workbook.save(path)
    table = open_table(path)
    assert table.header == ["id", "name"]
    assert list(table.rows()) == list(table.rows()) == [(3, ["c1", "Ada"]), (9, ["c9", ""])]


def test_the_first_visible_sheet_with_anything_in_it_is_read_and_named(path: Path) -> None:
    workbook, [hidden, *_] = new_workbook([["secret"]], [], [["id"], ["c1"]], [["other"]])
    hidden.sheet_state = "hidden"
    workbook.save(path)
    sentence = "people.xlsx: Excel workbook, sheet “Sheet3” (of 4 the first visible one with anything in it), 1 column"
    assert str(open_table(path)) == sentence
    assert cells_of(path) == [["c1"]]


def test_formulas_say_what_they_came_to(path: Path) -> None:
    write_workbook(path, [["id", "name"], ["c1", "=A2"]])
    row = b'<row r="2"><c r="A2" t="str"><f>"c"&amp;1</f><v>c1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    header = b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="str"><v>n</v></c></row>'
    rewrite_part(path, SHEET, start + header + row + b"</sheetData></worksheet>")
    assert cells_of(path) == [["c1", "2"]]


def test_a_merged_header_leaves_a_column_without_a_name(path: Path) -> None:
    workbook, [sheet] = new_workbook([["id", "name", None, "phone"], ["c1", "Ada", "Example", 1]])
    sheet.merge_cells("B1:C1")
    workbook.save(path)
    assert open_table(path).header == ["id", "name", "", "phone"]


def test_cells_behind_the_header_stay_with_their_row(path: Path) -> None:
    write_workbook(path, [["id", "name"], ["c1", "Ada", None, "x"]])
    assert cells_of(path) == [["c1", "Ada", "", "x"]]


def test_memory_stays_flat_however_many_rows_there_are(path: Path) -> None:
    write_workbook(path, [["id", "number"], *(["c", number] for number in range(5_000))])
    table = open_table(path)
    tracemalloc.start()
    rows = table.rows()
    next(rows)
    assert 0 < table.share_read < 0.1
    assert sum(1 for _ in rows) == 4_999
    assert table.share_read == 1
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def refused(path: Path) -> str:
    with pytest.raises(UnreadableTable) as refusal:
        list(open_table(path).rows())
    return str(refusal.value)


def test_a_workbook_without_anything_to_see_is_refused(path: Path) -> None:
    write_workbook(path, [], [[None, " "]])
    assert refused(path).startswith("people.xlsx is empty: a visible sheet needs a first row")


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"people_csv": b"id\n1"}, "is a ZIP file without a workbook"),
        ({"word__document_xml": b"<x/>"}, "is a ZIP file without a workbook"),
        ({"xl__workbook_bin": b""}, "is a binary Excel workbook"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content_xml": b""}, "is an OpenDocument"),
        ({"xl__workbook_xml": b"<workbook/>"}, "has damaged parts"),
        ({"xl__workbook_xml": b"", "xl__worksheets__sheet1_xml": bytes(9 << 20)}, "is too large when unpacked"),
    ],
)
def test_archives_that_hold_no_workbook_are_refused(path: Path, parts: dict[str, bytes], sentence: str) -> None:
    assert sentence in refused(write_zip(path, **parts))


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [("Workbook", "is an old Excel workbook"), ("EncryptedPackage", "is protected by a password")],
)
def test_compound_files_are_refused_by_what_they_hold(path: Path, stream: str, sentence: str) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(70_000) + stream.encode("utf-16-le") + bytes(500))
    assert sentence in refused(path)


def test_half_a_download_is_refused(path: Path) -> None:
    content = write_workbook(path, [["id"], *([str(number)] for number in range(500))]).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert refused(path) == "people.xlsx is damaged: was it downloaded to its end?"


def test_a_sheet_that_ends_in_the_middle_is_refused_as_its_rows_are_read(path: Path) -> None:
    write_workbook(path, [["id"], ["c1"]])
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    rewrite_part(path, SHEET, sheet + b'<c r="A1" t="inlineStr"><is><t>id</t></is></c></row>' + b"<row")
    assert "has damaged parts: open it in a spreadsheet" in refused(path)


def test_a_sheet_of_entities_that_unfold_is_refused(path: Path) -> None:
    write_workbook(path, [["id"], ["c1"]])
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    bomb = b'<!DOCTYPE x [<!ENTITY e0 "lol">' + entities + b"]><worksheet>&e9;</worksheet>"
    rewrite_part(path, SHEET, bomb)
    assert "people.xlsx" in refused(path)


def test_a_lone_cell_at_the_far_end_of_a_sheet_is_refused_at_once(path: Path) -> None:
    workbook, [sheet] = new_workbook([["id"], ["c1"]])
    sheet["XFD1048576"] = "x"
    workbook.save(path)
    assert refused(path).startswith("people.xlsx, line 1048576: there are more than 1,000 columns")


def test_a_row_that_claims_to_be_the_billionth_is_refused_soon(path: Path) -> None:
    write_workbook(path, [["id"], ["c1"]])
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    rows = b"".join(b'<row r="%d"><c t="inlineStr"><is><t>id</t></is></c></row>' % row for row in (1, 10**12))
    rewrite_part(path, SHEET, start + rows + b"</sheetData></worksheet>")
    assert refused(path).startswith("people.xlsx has more than 1,048,576 rows")

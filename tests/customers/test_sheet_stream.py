"""The workbook that is sent while it is written, read by openpyxl."""

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from openpyxl import load_workbook

from customers.sheet_stream import workbook
from customers.tables import open_table


def read(rows: list[list[str]]) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(b"".join(workbook(rows))))["Customers"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_cells_come_back_as_the_text_they_were() -> None:
    rows = [["name", "phone"], ["=1+1", "+13035550101"], ["<Ada & Ben>", "007"], [" a ", "line\r\nbreak\ttab"]]
    assert read(rows) == rows


def test_empty_cells_are_empty_and_control_characters_are_left_out() -> None:
    assert read([["a", "b"], ["", "x\x00\x0by"]]) == [["a", "b"], [None, "xy"]]


def test_what_looks_like_a_character_s_number_is_read_as_it_was(tmp_path: Path) -> None:
    rows = [["id", "_x0041_"], ["c1", "_x0041_da, _x_, _x005F_x0042_"]]
    (tmp_path / "people.xlsx").write_bytes(b"".join(workbook(rows)))
    table = open_table(tmp_path / "people.xlsx")
    assert [table.header, *(row.cells for row in table.rows())] == rows
    assert read(rows)[0][1] == "_x005F_x0041_", "as Excel needs it"


def test_every_cell_is_formatted_as_text() -> None:
    sheet = load_workbook(io.BytesIO(b"".join(workbook([["phone"], ["+1303"]]))))["Customers"]
    assert (sheet["A2"].data_type, sheet["A2"].number_format, sheet["A9"].number_format) == ("s", "@", "General")
    assert sheet.freeze_panes == "A2"


def test_the_archive_is_in_the_form_that_excel_opens() -> None:
    with ZipFile(io.BytesIO(b"".join(workbook([["a"]])))) as archive:
        assert {part.extract_version for part in archive.infolist()} == {20}, "45 would be ZIP64"
        assert archive.testzip() is None


def test_the_first_bytes_leave_before_the_last_rows_are_read() -> None:
    taken = 0

    def rows() -> Iterator[list[str]]:
        nonlocal taken
        for taken in range(1, 200_001):
            yield [str(hash(str(taken)))]

    next(workbook(rows()))
    assert taken < 100_000

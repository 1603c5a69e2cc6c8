"""People's files: what is detected, where each row starts, and what is refused."""

import codecs
from pathlib import Path

import pytest

from customers.tables import Table, UnreadableTable, open_table


def table(folder: Path, content: bytes, name: str = "people.csv") -> Table:
    path = folder / name
    path.write_bytes(content)
    return open_table(path)


@pytest.mark.parametrize(
    ("encoding", "bom", "described"),
    [
        ("utf-8", b"", "UTF-8,"),
        ("utf-8", codecs.BOM_UTF8, "UTF-8 with BOM"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_encodings_are_detected_and_named(tmp_path: Path, encoding: str, bom: bytes, described: str) -> None:
    people = table(tmp_path, bom + "name,phone\r\nElena García,+13035550105\r\n".encode(encoding))
    assert people.header == ["name", "phone"]
    assert [row.cells for row in people.rows()] == [["Elena García", "+13035550105"]]
    assert f"people.csv: {described}" in str(people)


def test_a_first_umlaut_far_behind_the_beginning_still_tells_windows_1252(tmp_path: Path) -> None:
    content = "name\n" + "Ada\n" * 100_000 + "Jürgen\n"
    *_, last = table(tmp_path, content.encode("cp1252")).rows()
    assert last == (100_002, ["Jürgen"])


@pytest.mark.parametrize(
    ("delimiter", "named"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_delimiters_are_detected_and_named(tmp_path: Path, delimiter: str, named: str) -> None:
    people = table(tmp_path, f"name{delimiter}phone{delimiter}notes\nAda{delimiter}1{delimiter}x\n".encode())
    assert [row.cells for row in people.rows()] == [["Ada", "1", "x"]]
    assert f"separated by {named}, LF line ends, 3 columns" in str(people)


def test_a_header_with_a_comma_in_quotes_is_split_at_its_semicolons(tmp_path: Path) -> None:
    assert table(tmp_path, b'"name, full";phone\nAda;1\n').header == ["name, full", "phone"]


def test_excels_own_hint_names_the_delimiter_and_is_no_row(tmp_path: Path) -> None:
    people = table(tmp_path, b"sep=;\r\nname;phone\r\nAda;1\r\n")
    assert people.header == ["name", "phone"]
    assert [row.line for row in people.rows()] == [3]


def test_rows_carry_the_physical_line_on_which_they_start(tmp_path: Path) -> None:
    people = table(tmp_path, b'name,notes\r\nAda,"one\ntwo\r\nthree"\n\n,\rBen,x\r\nCarmen,y')
    assert [(row.line, row.cells[0]) for row in people.rows()] == [(2, "Ada"), (7, "Ben"), (8, "Carmen")]
    assert "CRLF and LF and CR line ends" in str(people)


def test_a_table_can_be_read_twice(tmp_path: Path) -> None:
    people = table(tmp_path, b"name\nAda\n")
    assert list(people.rows()) == list(people.rows())


def test_nameless_columns_at_the_end_are_none(tmp_path: Path) -> None:
    assert table(tmp_path, b"name, phone ,,\nAda,1,,\n").header == ["name", "phone"]


def test_null_characters_in_a_name_are_none(tmp_path: Path) -> None:
    assert table(tmp_path, b"id,attributes.a\0b\n1,x\n").header == ["id", "attributes.ab"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "people.csv is empty"),
        (b" \r\n \n", "people.csv is empty"),
        (codecs.BOM_UTF8, "people.csv is empty"),
        (b"\n,,\n", "people.csv is empty"),
        (b"  <!DOCTYPE html><html><body>Log in</body></html>", "is a web page or XML"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b'[{"id": "c001", "phone": "+13035550101"}]', "is JSON"),
        (b'{"id": "c001"}\n{"id": "c002"}\n', "is JSON"),
        (b"PK\x03\x04rest", "people.csv is damaged"),
        (b"PK\x05\x06" + bytes(18), "is an empty ZIP file"),
        (b"\xd0\xcf\x11\xe0rest", "is an old Excel workbook"),
        (b"\x1f\x8brest", "is compressed"),
        (bytes(range(256)) * 20, "is not a text file"),
        ("name\nGarcía\n".encode() + b"M\xfcller\n", "people.csv, line 3: a character is damaged"),
        (codecs.BOM_UTF16_LE + "name\nAda".encode("utf-16-le") + b"x", "people.csv, line 2: a character is damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableTable, match=sentence):
        table(tmp_path, content)


@pytest.mark.parametrize("end", [b'3,"Carmen\n4,Dmitri\n', b'3,"Carmen\n4,"Dmitri"\n'])
def test_an_unclosed_quotation_mark_is_refused_with_the_line_where_it_opens(tmp_path: Path, end: bytes) -> None:
    with pytest.raises(UnreadableTable, match=r"people\.csv, line 3: a quotation mark is opened"):
        list(table(tmp_path, b"id,name\n2,Ben\n" + end).rows())


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"line 2: a cell holds more than 131,072 characters"):
        list(table(tmp_path, b'id,name\n1,"' + b"x" * 140_000).rows())


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"people\.csv cannot be read: no such file or directory\."):
        open_table(tmp_path / "people.csv")


def test_memory_stays_flat_however_long_the_file_is(tmp_path: Path) -> None:
    people = table(tmp_path, b"name\n" + b"Ada\n" * 50_000)
    rows = people.rows()
    next(rows)
    assert 0 < people.share_read < 1
    assert sum(1 for _ in rows) == 49_999
    assert people.share_read == 1

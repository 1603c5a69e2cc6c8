"""People's tables: what kind of file one is, and opening it; files of other kinds are refused with a sentence."""

import codecs
import mmap
from pathlib import Path

from customers.table_rows import Row, UnreadableTable
from customers.text_tables import TextTable, open_text_table
from customers.workbooks import SheetTable, open_workbook

__all__ = ["Row", "Table", "UnreadableTable", "open_table"]

Table = TextTable | SheetTable

_SAMPLE_BYTES = 64 * 1024
_ZIP, _COMPOUND_FILE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What files of other kinds begin with, and what to do about them.
_OTHER_KINDS = (
    (b"PK\x05\x06", "is an empty ZIP file: export the customers as CSV or XLSX"),
    (b"%PDF", "is a PDF: export the customers as CSV or XLSX"),
    (b"\x1f\x8b", "is compressed: unpack it first"),
    (b"{\\rtf", "is a text document, not a table: export the customers as CSV or XLSX"),
    (b"[{", "is JSON, not a table: export the customers as CSV or XLSX"),
    (b'{"', "is JSON, not a table: export the customers as CSV or XLSX"),
    (b"<", "is a web page or XML, not a table: perhaps a log-in page was saved in place of the download"),
)
# The stream of a compound file that holds a workbook with a password (MS-OFFCRYPTO 1.3.1).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def open_table(path: Path, *, name: str = "") -> Table:
    """The table in `path`, an ordinary file of text or an Excel workbook; raises UnreadableTable where it is none."""
    name = name or path.name
    try:
        with path.open("rb") as stream:
            sample = stream.read(_SAMPLE_BYTES)
        if sample.startswith(_COMPOUND_FILE):
            raise UnreadableTable(f"{name} {_compound_file(path)}.")
        if sample.startswith(_ZIP):
            return open_workbook(path, name)
        _refuse_other_kinds(sample, name)
        return open_text_table(path, name, sample)
    except OSError as error:
        raise UnreadableTable(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def _refuse_other_kinds(sample: bytes, name: str) -> None:
    if not sample.strip():
        raise UnreadableTable(f"{name} is empty: it needs a first line with the names of its columns.")
    for beginning, sentence in _OTHER_KINDS:
        if sample.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(beginning):
            raise UnreadableTable(f"{name} {sentence}.")


def _compound_file(path: Path) -> str:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED) >= 0:
            return "is protected by a password: save the workbook without one and import that"
    return "is an old Excel workbook (.xls): save it as “Excel Workbook (.xlsx)” or “CSV UTF-8” and import that"

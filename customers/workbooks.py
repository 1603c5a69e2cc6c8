"""Reading Excel workbooks (XLSX): the first visible sheet that holds anything, its cells as the text people see.

Sheets are read row by row, whatever their length; only their shared texts are kept in memory, and bounded.
"""

import re
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import Workbook, load_workbook

from customers.table_rows import Row, UnreadableTable, trimmed_header

# It warns of what a workbook has besides cells, such as lists to choose from.
warnings.filterwarnings("ignore", module="openpyxl")

_MOST_COLUMNS = 1000
# Excel's own limit. A row may claim any number, and those before it that are missing would be read as empty ones.
_MOST_ROWS = 1_048_576
_MOST_BYTES = 1024**3
# All texts of a sheet stand in one part, which is read at once and takes six times its size.
_MOST_BYTES_AT_ONCE = 32 * 1024**2
# Sheets of a million similar rows shrink to a fiftieth; what shrinks further was made to fill memory.
_STRONGEST_COMPRESSION = 200
_HARMLESS_BYTES = 8 * 1024**2
# Excel keeps 15 digits of a number and makes zeros of the others.
_FIRST_INEXACT = 10**15
# How XLSX writes characters that XML does not hold, and what looks like this itself (ECMA-376, part 1: 22.9.2.19).
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PADDED = re.compile(r"0{2,}")
_WORKBOOK, _BINARY_WORKBOOK, _OPEN_DOCUMENT = "xl/workbook.xml", "xl/workbook.bin", "content.xml"
_SAVE_AGAIN = "save it as “Excel Workbook (.xlsx)” or “CSV UTF-8” and import that"
_TOO_LARGE = "is too large when unpacked: save the sheet as “CSV UTF-8” and import that"


@dataclass(slots=True)
class SheetTable:
    """A sheet that was looked at and can be read, any number of times, a row at a time.

    `name` is what people call the file, `header` the column names; `delimiter` is that of a CSV file made from it.
    """

    path: Path
    name: str
    sheet: str
    sheets: int
    header: list[str] = field(default_factory=list)
    delimiter: str = ","
    _share_read: float = 1.0

    def rows(self) -> Generator[Row, None, None]:
        """All rows behind the header that are not blank, as wide as the header; raises UnreadableTable."""
        width = len(self.header)
        with closing(self._records()) as records:
            next(records, None)
            for row in records:
                cells = _without_empty_end(row.cells)
                yield Row(row.line, cells + [""] * (width - len(cells)))

    @property
    def share_read(self) -> float:
        """How much of the sheet the last call of rows() has read, from 0 to 1."""
        return self._share_read

    def __str__(self) -> str:
        """What was detected, as in “a.xlsx: Excel workbook, sheet “People”, 7 columns”."""
        others = f" (of {self.sheets} the first visible one with anything in it)" if self.sheets > 1 else ""
        columns = f"{len(self.header)} column{'' if len(self.header) == 1 else 's'}"
        return f"{self.name}: Excel workbook, sheet “{self.sheet}”{others}, {columns}"

    def _records(self) -> Generator[Row, None, None]:
        with _opened(self.path, self.name) as workbook:
            sheet = workbook[self.sheet]
            last = sheet.max_row or 0
            self._share_read = 0.0
            for row in _records(sheet, self.name):
                self._share_read = min(1.0, row.line / last) if last else 0.0
                yield row
            self._share_read = 1.0


def open_workbook(path: Path, name: str) -> SheetTable:
    """The first visible sheet with anything in it; raises UnreadableTable where there is none, or no workbook."""
    with _opened(path, name) as workbook:
        for sheet in workbook.worksheets:
            first = next(_records(sheet, name), None) if sheet.sheet_state == "visible" else None
            if first:
                return SheetTable(path, name, sheet.title, len(workbook.sheetnames), trimmed_header(first.cells))
    raise UnreadableTable(f"{name} is empty: a visible sheet needs a first row with the names of its columns.")


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Workbook]:
    with path.open("rb") as stream:
        try:
            with ZipFile(stream) as archive:
                _refuse_other_archives(archive.infolist(), name)
            with closing(load_workbook(stream, read_only=True, data_only=True, keep_links=False)) as workbook:
                yield workbook
        except UnreadableTable:
            raise
        except BadZipFile as error:
            raise UnreadableTable(f"{name} is damaged: was it downloaded to its end?") from error
        except Exception as error:  # whatever openpyxl stumbles over in a damaged part
            raise UnreadableTable(f"{name} has damaged parts: open it in a spreadsheet, {_SAVE_AGAIN}.") from error


def _refuse_other_archives(parts: Iterable[ZipInfo], name: str) -> None:
    sizes = {part.filename: part for part in parts}
    if any(part.flag_bits & 1 for part in sizes.values()):
        raise UnreadableTable(f"{name} is protected by a password: save it without one and import that.")
    if _BINARY_WORKBOOK in sizes:
        raise UnreadableTable(f"{name} is a binary Excel workbook (.xlsb): {_SAVE_AGAIN}.")
    if _OPEN_DOCUMENT in sizes and "mimetype" in sizes:
        raise UnreadableTable(f"{name} is an OpenDocument file (.ods): {_SAVE_AGAIN}.")
    if _WORKBOOK not in sizes:
        raise UnreadableTable(f"{name} is a ZIP file without a workbook in it: unpack it, and import the table inside.")
    if _is_too_large(sizes.values()):
        raise UnreadableTable(f"{name} {_TOO_LARGE}.")


def _is_too_large(parts: Iterable[ZipInfo]) -> bool:
    """Whether reading them would fill memory or last for ever; ZipFile reads no more than they say they hold."""
    read = [part for part in parts if not part.filename.startswith("xl/media/")]
    return sum(part.file_size for part in read) > _MOST_BYTES or any(map(_is_too_large_a_part, read))


def _is_too_large_a_part(part: ZipInfo) -> bool:
    squeezed = part.file_size > _HARMLESS_BYTES and part.file_size > part.compress_size * _STRONGEST_COMPRESSION
    return squeezed or (part.file_size > _MOST_BYTES_AT_ONCE and not part.filename.startswith("xl/worksheets/"))


def _records(sheet: Any, name: str) -> Iterator[Row]:
    """All rows that are not blank; a row ends at its last cell, whatever size the sheet claims to have."""
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(), start=1):
        if line > _MOST_ROWS:
            raise UnreadableTable(
                f"{name} has more than {_MOST_ROWS:,} rows, as no sheet of Excel has: save it as CSV."
            )
        if len(row) > _MOST_COLUMNS:
            raise UnreadableTable(
                f"{name}, line {line}: there are more than {_MOST_COLUMNS:,} columns: delete those behind the table."
            )
        cells = [_text(cell.value, cell) for cell in row]
        if any(map(str.strip, cells)):
            yield Row(line, cells)


def _text(value: Any, cell: Any) -> str:
    """A cell's value as people see it: numbers without .0, dates in ISO's form, yes and no."""
    match value:
        case str():
            return _ESCAPED.sub(_unescaped, value) if "_x" in value else value
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case int() | float():
            return _number(value, cell.number_format)
        case _:
            return str(value)


def _unescaped(escaped: re.Match[str]) -> str:
    """The character; nothing for the first half of a line break from Windows, and for half of a surrogate pair."""
    character = chr(int(escaped[1], 16))
    return "" if character == "\r" or "\ud800" <= character <= "\udfff" else character


def _number(value: float, number_format: str) -> str:
    """All digits, and zeros in front where the cell shows them; digits that Excel has lost are not made up."""
    if abs(value) >= _FIRST_INEXACT:
        return f"{value:.5E}"
    if value != int(value):
        return repr(float(f"{value:.15g}"))
    text = str(int(value))
    return text.zfill(len(number_format)) if _PADDED.fullmatch(number_format) else text


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells

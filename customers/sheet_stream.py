"""A workbook (XLSX) that is sent while it is written: neither memory nor disk holds it, however many rows it has.

openpyxl and XlsxWriter both write all rows to a file before the first byte can leave. All cells are text, so that
nothing in them is calculated and no number loses its plus or its zeros (ECMA-376, part 1: 18.3.1, SpreadsheetML).
"""

import re
from collections.abc import Generator, Iterable
from io import RawIOBase
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

# Excel takes a sheet whose size stands in ZIP64's form for a damaged one, so it must stay below 2 GiB: 4 KB a row.
MOST_ROWS = 500_000
# Of a cell; Excel takes a sheet with a longer one for a damaged one, too.
MOST_CHARACTERS = 32_767
_PART = 64 * 1024

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_AROUND = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Customers" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Style 1 is the number format “Text” (18.8.30: id 49), which a cell keeps when somebody types in it.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="49" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
_SHEET = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<cols><col min="1" max="16384" width="18" style="1" customWidth="1"/></cols><sheetData>'
)
# No XML holds these (XML 1.0, 2.2).
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What XLSX takes for a character's number (ECMA-376, part 1: 22.9.2.19): its own first one is written so.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Written as it is, XML readers would make a line feed of it.
_CARRIAGE_RETURN = {"\r": "&#13;"}


def workbook(rows: Iterable[Iterable[str]]) -> Generator[bytes, None, None]:
    """The bytes of a workbook with one sheet, whose first row stays in sight; rows are read as the bytes are taken."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _AROUND.items():
            archive.writestr(name, _XML + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_SHEET.encode())
            for row in rows:
                sheet.write(_row(row))
                if len(outlet.written) > _PART:
                    yield outlet.take()
            sheet.write(b"</sheetData></worksheet>")
    yield outlet.take()


def _row(cells: Iterable[str]) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(text: str) -> str:
    if not text:
        return '<c s="1"/>'
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    content = escape(_NOT_XML.sub("", text), _CARRIAGE_RETURN)
    return f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


class _Outlet(RawIOBase):
    """A file that only grows, and whose content is taken away piece by piece."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        """So says a file."""
        return True

    def write(self, content: Any) -> int:
        """Takes all of it."""
        self.written += content
        return len(content)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self.written)
        self.written.clear()
        return taken

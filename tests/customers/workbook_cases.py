"""Excel workbooks for tests, made as spreadsheets make them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Cells = Sequence[Sequence[Any]]


def write_workbook(path: Path, *sheets: Cells) -> Path:
    """A workbook with these sheets, called Sheet1, Sheet2, …"""
    workbook, _ = new_workbook(*sheets)
    workbook.save(path)
    return path


def new_workbook(*sheets: Cells) -> tuple[Workbook, list[Worksheet]]:
    """The same, not saved yet, with its sheets."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    made = [workbook.create_sheet(f"Sheet{number}") for number in range(1, len(sheets) + 1)]
    for sheet, rows in zip(made, sheets, strict=True):
        for row in rows:
            sheet.append(row)
    return workbook, made


def rewrite_part(path: Path, part: str, content: bytes) -> None:
    """Puts `content` in the place of one part of a workbook."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, old in parts.items():
            archive.writestr(name, content if name == part else old)


def write_zip(path: Path, **parts: bytes) -> Path:
    """A ZIP file of these parts; two underscores stand for a slash."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return path

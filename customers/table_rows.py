"""What every kind of table is made of: rows of text, each with the place where it stands in its file."""

from typing import NamedTuple

from customers.formulas import bare


class UnreadableTable(ValueError):
    """A file that is no table we can read; the sentence says why and what to do."""


class Row(NamedTuple):
    """The cells of one row, and the line on which it starts (the file's first line, or the sheet's first row, is 1)."""

    line: int
    cells: list[str]


def trimmed_header(cells: list[str]) -> list[str]:
    """The column names without blanks around them, null characters, and nameless columns at the end."""
    header = [bare(cell.replace("\0", "").strip()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header

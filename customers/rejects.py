"""The rows that were not imported, as a table that can be corrected and imported again."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import TextIO

from customers.columns import field_named, is_bookkeeping
from customers.misfits import MISFIT_MARK, fits, last_data_column
from customers.private_files import FileNotWritable, private_file
from customers.staging import RejectedRow
from customers.tables import Table

_WORKBOOKS = frozenset({".xlsx", ".xls", ".xlsm"})


@contextmanager
def rejects_file(path: Path, tables: Sequence[Table]) -> Iterator[TextIO]:
    """The file to write rejected rows to; raises FileNotWritable, also where it is one of the files to import
    or would pass for a workbook."""
    if any(path.exists() and path.samefile(table.path) for table in tables):
        raise FileNotWritable(f"{path} is the file that is being imported: give --rejects another name.")
    if path.suffix.lower() in _WORKBOOKS:
        raise FileNotWritable(f"Rejected rows are written as CSV: call the file {path.stem}.csv, not {path.name}.")
    with private_file(path) as stream:
        yield stream


def write_rejects(
    stream: TextIO,
    tables: Sequence[Table],
    rejected: Iterable[RejectedRow],
    *,
    write: Callable[[str], str] = lambda cell: cell,
) -> None:
    """Writes the rows as they stood in their files, with `line` and `reason` behind; they come in the files' order.

    `write` may put a cell down otherwise, as long as an import reads the same.
    """
    columns = _columns(tables)
    writer = csv.writer(stream, delimiter=tables[0].delimiter)
    writer.writerow([*map(write, columns.values()), "line", "reason"])
    for file, group in groupby(rejected, key=lambda each: each.file):
        meanings = [_meaning(name) for name in tables[file].header]
        with closing(tables[file].rows()) as rows:
            for each in group:
                cells = next(row.cells for row in rows if row.line == each.line)
                named = dict(zip(meanings, _fitting(cells, tables[file]), strict=True))
                reason = " ".join(map(str, each.problems))
                writer.writerow([*(write(named.get(meaning, "")) for meaning in columns), each.line, reason])


def _columns(tables: Sequence[Table]) -> dict[tuple[str, str], str]:
    """The columns of all tables by their meaning, in the spelling of the first that has them."""
    columns: dict[tuple[str, str], str] = {}
    for name in (name for table in tables for name in table.header if not is_bookkeeping(name)):
        columns.setdefault(_meaning(name), name)
    return columns


def _meaning(name: str) -> tuple[str, str]:
    column = field_named(name)
    return column.meaning if column else ("", name)


def _fitting(cells: list[str], table: Table) -> list[str]:
    """As many cells as the header has; where the row had more or fewer, its last cell is marked."""
    width, last = len(table.header), last_data_column(table.header)
    if fits(cells, width):
        return cells[:width]
    fitting = [*cells[:last], *[""] * (width - len(cells[:last]))]
    fitting[last] = f"{MISFIT_MARK} {table.delimiter.join(cells[last:])}".strip()
    return fitting

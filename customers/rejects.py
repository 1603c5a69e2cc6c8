"""The rows that were not imported, as a table that can be corrected and imported again."""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import mkstemp
from typing import TextIO

from customers.columns import field_named, is_bookkeeping
from customers.rows import MISFIT_MARK, last_data_column
from customers.staging import RejectedRow
from customers.tables import Table


class RejectsNotWritable(ValueError):
    """A rejects file that cannot be written; the sentence says why."""


@contextmanager
def rejects_file(path: Path, tables: Sequence[Table]) -> Iterator[TextIO]:
    """A file that takes the place of `path` once all went well; only its owner can read it, as it holds people's data.

    Raises RejectsNotWritable before anything was done.
    """
    if any(path.exists() and path.samefile(table.path) for table in tables):
        raise RejectsNotWritable(f"{path} is the file that is being imported: give --rejects another name.")
    if path.exists() and not path.is_file():
        raise RejectsNotWritable(f"{path} cannot be written: it is not an ordinary file.")
    try:
        handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise RejectsNotWritable(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def write_rejects(stream: TextIO, tables: Sequence[Table], rejected: Iterable[RejectedRow]) -> None:
    """Writes the rows as they stood in their files, with `line` and `reason` behind; they come in the files' order."""
    columns = _columns(tables)
    writer = csv.writer(stream, delimiter=tables[0].delimiter, lineterminator="\n")
    writer.writerow([*columns.values(), "line", "reason"])
    for file, group in groupby(rejected, key=lambda each: each.file):
        rows = tables[file].rows()
        for each in group:
            cells = next(row.cells for row in rows if row.line == each.line)
            named = dict(zip(map(_meaning, tables[file].header), _fitting(cells, tables[file]), strict=False))
            writer.writerow([*(named.get(key, "") for key in columns), each.line, " ".join(map(str, each.problems))])


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
    if len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:]))):
        return cells[:width]
    fitting = [*cells[:last], *[""] * (width - len(cells[:last]))]
    fitting[last] = f"{MISFIT_MARK} {table.delimiter.join(cells[last:])}".strip()
    return fitting

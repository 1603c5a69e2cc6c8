"""Rows that do not fit their table's header, and how a file of rejected rows keeps one from fitting by accident."""

from collections.abc import Sequence

from customers.columns import is_bookkeeping

# What a rejects file puts before its last cell where a row had more or fewer cells than the header: without it, the
# row would fit when the file is imported again, though nobody has put it right.
MISFIT_MARK = "⚠"

_STILL_MISFIT = f"The row did not fit the header: put its cells in their places and take the {MISFIT_MARK} away."
_HEADER_AGAIN = "The row is the header once more, as where two files were put together: take it out."


def fits(cells: Sequence[str], width: int) -> bool:
    """Whether a row's cells are as many as the header's `width`; empty ones behind them do not count."""
    return len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:])))


def last_data_column(header: Sequence[str]) -> int:
    """The place of the last column that is none of those which only a rejects file has."""
    return max(index for index, name in enumerate(header) if not is_bookkeeping(name))


def why_misfit(cells: Sequence[str], header: Sequence[str], last: int) -> str:
    """What is wrong with the row as a whole, empty where it fits; `last` is the header's last_data_column()."""
    if not fits(cells, len(header)):
        return (
            f"The row has {len(cells)} cells and the header {len(header)}: put cells that hold the separator or a "
            'line break between quotation marks ("…").'
        )
    if cells[last].startswith(MISFIT_MARK):
        return _STILL_MISFIT
    if cells[last] == header[last] and cells[:last] == header[:last]:
        return _HEADER_AGAIN
    return ""

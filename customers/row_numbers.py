"""Numbers of rows, as addresses and forms spell them (plain Python, no Django)."""

_MOST_DIGITS = 18  # more may be beyond PostgreSQL's bigint


def row_number(text: str) -> int:
    """The number that `text` spells; 0, which no row has, where it spells none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0

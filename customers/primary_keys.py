"""Primary keys that come as text (plain Python, no Django)."""

_MOST_DIGITS = 18


def as_pk(text: str) -> int | None:
    """The primary key that the text spells; None where it is no number, or larger than PostgreSQL's bigint holds."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None

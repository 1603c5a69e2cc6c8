"""Text that a spreadsheet would take for a formula: written behind an apostrophe, and read without it.

A CSV cell that begins with = + - @, a tab or a carriage return is calculated when a spreadsheet opens the file, which
may run what somebody else typed into a name (OWASP, “CSV Injection”), and makes 13035550101 of +13035550101.
Some exports write ="0012" so that a spreadsheet leaves 0012 alone: that is read as what it shows.
"""

import re

_STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")
_QUOTED = re.compile(r'="([^"]*)"')


def defused(text: str) -> str:
    """The cell as a spreadsheet shows it and calculates nothing."""
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def told_apart(text: str) -> str:
    """The cell as it is, unless `bare` would take something away that belongs to it."""
    return f"'{text}" if _MARKED.match(text) or _QUOTED.fullmatch(text) else text


def bare(text: str) -> str:
    """What was meant by a cell that `defused` or `told_apart` has written, or that a spreadsheet was to leave alone."""
    if text[:1] == "'":
        return text[1:] if _MARKED.match(text) else text
    quoted = _QUOTED.fullmatch(text) if text[:2] == '="' else None
    return quoted[1] if quoted else text

"""Text that a spreadsheet would take for a formula: written behind an apostrophe, and read without it.

A CSV cell that begins with = + - @, a tab or a carriage return is calculated when a spreadsheet opens the file, which
may run what somebody else typed into a name (OWASP, “CSV Injection”), and makes 13035550101 of +13035550101.
"""

import re

_STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def defused(text: str) -> str:
    """The cell as a spreadsheet shows it and calculates nothing."""
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def told_apart(text: str) -> str:
    """The cell as it is, unless `bare` would take an apostrophe away that belongs to it."""
    return f"'{text}" if _MARKED.match(text) else text


def bare(text: str) -> str:
    """What was meant by a cell that `defused` or `told_apart` has written."""
    return text[1:] if text[:1] == "'" and _MARKED.match(text) else text

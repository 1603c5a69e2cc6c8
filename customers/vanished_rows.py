"""Rows of a form inside another form that somebody removed while the page was open."""

import re
from typing import Any


def without_vanished_rows(arguments: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The arguments of such a form's rows, as posted; without what was posted where a row of it is not stored any more.

    It cannot be saved then, and the page shows the rows as they are stored.
    """
    is_number = re.compile(rf"{re.escape(prefix)}-\d+-id").fullmatch
    numbers = {value for name, value in arguments.get("data", {}).items() if is_number(name) and value.isdecimal()}
    if arguments["queryset"].filter(pk__in=numbers).count() == len(numbers):
        return arguments
    return {name: value for name, value in arguments.items() if name not in ("data", "files")}

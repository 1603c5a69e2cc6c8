"""A cell that holds a date, or a moment: a date with a time and its zone."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache

from customers.cells import InvalidCell, short

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{1,2}:\d{2}.*)?")
# Its day, month and year cannot be taken for each other, nor for what strptime supplies.
_ANY_DATE = date(2023, 4, 17)


def date_reader(form: str | None) -> Callable[[str], str]:
    """A reader of dates: ISO's, with or without a time behind, else those of `form` (as in strptime). Gives ISO's."""

    @lru_cache(maxsize=50_000)
    def read(text: str) -> str:
        try:
            if match := _ISO.fullmatch(text):
                return date.fromisoformat(match[1]).isoformat()
            if form:
                return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  only its date is looked at
        except ValueError:
            pass
        hint = f"in the form {form}" if form else "such as 2023-04-01 (--date-format reads other forms)"
        raise InvalidCell(f"“{short(text)}” is not a date {hint}.")

    return read


def moment_reader(form: str | None) -> Callable[[str], str]:
    """A reader of moments, which gives ISO's in UTC; a date alone (ISO's, or of `form`) means its midnight in UTC.

    A time without a zone is refused: it is a matter of law on which day somebody agreed to something.
    """
    read_date = date_reader(form)

    def read(text: str) -> str:
        if not ((match := _ISO.fullmatch(text)) and match[2]):
            return f"{read_date(text)}T00:00:00+00:00"
        with suppress(ValueError, OverflowError):
            if (moment := datetime.fromisoformat(text)).tzinfo:
                return moment.astimezone(UTC).isoformat(timespec="seconds")
        raise InvalidCell(
            f"“{short(text)}” is not a time with its zone, such as 2023-04-01T10:30:00Z or 2023-04-01T12:30:00+02:00."
        )

    return read


def is_date_form(form: str) -> bool:
    """Whether a date that is written in that form (as in strptime) can be read again."""
    try:
        return datetime.strptime(_ANY_DATE.strftime(form), form).date() == _ANY_DATE  # noqa: DTZ007  as above
    except ValueError:
        return False

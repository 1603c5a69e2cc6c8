"""Attributes in the cells of a table: typed values that come back exactly as they went out.

A cell is read as something else than text only where that can be written back as the very same cell: `12` is a
number, but `007`, `1.10`, `1e+20` and digits beyond what computers keep exactly stay text. Yes/no is `yes` or `no`
(also `true`, `false`), a list is `red;green` without blanks around the semicolons, and a date stays text
(`2027-01-31`). What none of this can say is written as JSON behind `json:`, such as `json:"12"` for the text 12.
"""

import re
from typing import Any

import orjson
from django.core.exceptions import ValidationError

from customers.trimming import trimmed
from customers.validators import validate_attributes

_JSON = "json:"
_NUMBER = re.compile(r"-?[0-9.]+(?:e-[0-9]+)?")
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_MOST_EXACT_DIGITS = 15


def read_attribute(text: str) -> Any:
    """The value that a cell holds; raises ValueError with a sentence where `json:` is not followed by such a value."""
    if text.startswith(_JSON):
        return _read_json(text.removeprefix(_JSON))
    if ";" in text and all(items := text.split(";")) and items == [item.strip() for item in items]:
        return [_read_single(item) for item in items]
    return _read_single(text)


def write_attribute(value: Any) -> str:
    """The cell that read_attribute() reads as `value`."""
    plain = ";".join(map(_write_single, value)) if isinstance(value, list) else _write_single(value)
    return plain if _reads_as(plain, value) else _JSON + orjson.dumps(value).decode()


def _read_single(text: str) -> Any:
    if text[-1].isdigit() and _NUMBER.fullmatch(text):
        return _read_number(text)
    return _FLAGS.get(text.lower(), text)


def _read_number(text: str) -> int | float | str:
    if sum(map(str.isdigit, text.partition("e")[0])) > _MOST_EXACT_DIGITS:
        return text
    try:
        number = float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        return text
    return number if repr(number) == text else text


def _write_single(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else repr(value)


def _reads_as(text: str, value: Any) -> bool:
    """Whether a cell is read as this very value; 1, 1.0 and true are three values."""
    try:
        return bool(text) and text == text.strip() == trimmed(text) and repr(read_attribute(text)) == repr(value)
    except ValueError:
        return False


def _read_json(text: str) -> Any:
    try:
        value = orjson.loads(text)
        validate_attributes({"value": value})
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise ValueError(
            "has json: in front, so behind it must stand JSON that is text, a number, true, false, or a list of these"
        ) from error
    return value

"""JSON that people type into a form: kept as they wrote it while it is wrong, indented once it is right."""

import json
import re
from math import isfinite
from typing import Any

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

_NULL_CHARACTER = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class JSONText(forms.JSONField):
    """A JSON value, or None for an empty text; a mistake is reported with its line and column."""

    def to_python(self, value: Any) -> Any:
        """The value that the text spells; only what PostgreSQL stores and our answers can carry."""
        if value is None or not value.strip():
            return None
        found = _parse(value)
        _check_can_be_sent(found)
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, as it was typed."""
        return initial if self.disabled else None if data is None else InvalidJSONInput(data)

    def prepare_value(self, value: Any) -> Any:
        """A stored value as indented JSON."""
        if isinstance(value, InvalidJSONInput) or value is None:
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_float=_float, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValidationError(f"This is not JSON: {_reason(error.msg)} ({where}).") from error
    except (RecursionError, ValueError) as error:
        raise ValidationError("This JSON is nested too deeply or holds a number that is too long.") from error


def _reason(message: str) -> str:
    return message[0].lower() + message[1:]


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValidationError(f"{text} is too large a number.")
    return number


def _refuse_constant(name: str) -> None:
    raise ValidationError(f"{name} is not JSON: write a number, or null.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; a name that stands twice would silently lose a value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValidationError(f"“{twice}” stands twice in the same object: remove one.")
    return found


def _check_can_be_sent(value: Any) -> None:
    try:
        text = orjson.dumps(value).decode()
    except TypeError as error:
        raise ValidationError(
            "This JSON cannot be stored: it is nested too deeply, or holds a number of more than 18 digits "
            "or half of a surrogate pair. Write long numbers as text."
        ) from error
    if _NULL_CHARACTER.search(text):
        raise ValidationError("This JSON holds a null character (\\u0000), which cannot be stored.")

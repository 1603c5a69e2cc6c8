"""What a customer's fields may hold, checked alike in the admin, in imports and in the API."""

import json
import math
import re
import zoneinfo
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_](?:[A-Za-z]{4}[-_])?(?:[A-Za-z]{2}|\d{3}))?")
_LONGEST_ATTRIBUTE_NAME = 100
# From here on PostgreSQL gives a float back as an integer, perhaps of more digits than JSON's writers take.
_FIRST_LOST_FLOAT = 1e16


@cache
def _timezones() -> frozenset[str]:
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")


def validate_language(text: str) -> None:
    """A two- or three-letter language code (ISO 639) with an optional region (BCP 47)."""
    if not _LANGUAGE.fullmatch(text):
        raise ValidationError(f"“{text}” is not a language code: write en, es or pt-BR.")


def validate_timezone(text: str) -> None:
    """An IANA time zone such as `Europe/London`; abbreviations such as `PST` say nothing of summer time."""
    if text not in _timezones():
        raise ValidationError(f"“{text}” is not a time zone: write a name such as Europe/London or America/Denver.")


def validate_attributes(value: Any) -> None:
    """A JSON object whose values are text, numbers, yes/no, or lists of these; dates are text (YYYY-MM-DD)."""
    if not isinstance(value, dict):
        raise ValidationError('Write a JSON object such as {"plan": "pro"}.')
    for name, fact in value.items():
        if not name or name != name.strip() or len(name) > _LONGEST_ATTRIBUTE_NAME or "\0" in name:
            raise ValidationError(
                "An attribute's name has 1 to 100 characters, no blanks around them and no null character."
            )
        facts = fact if isinstance(fact, list) else [fact]
        if not all(map(_is_fact, facts)):
            raise ValidationError(f"The attribute “{name}” must be text, a number, true, false, or a list of these.")
        if any(isinstance(each, float) and abs(each) >= _FIRST_LOST_FLOAT for each in facts):
            raise ValidationError(f"The attribute “{name}” holds a number of more than 16 digits: write it as text.")
        if "\\u0000" in json.dumps(fact):
            raise ValidationError(f"The attribute “{name}” holds a null character.")


def _is_fact(value: Any) -> bool:
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))

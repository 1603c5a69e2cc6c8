"""The comparisons that a condition may make (plain Python, no Django).

An operator is a row in OPERATORS: its key, its label, the types it compares, how many values it takes, and a
function that compares an actual value with what staff typed. Text is compared without regard to case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from math import isfinite
from typing import Any


class ValueType(StrEnum):
    """What kind of value a trait has."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "yes/no"
    LIST = "list"
    TIME = "time of day"
    WEEKDAY = "weekday"


class Takes(StrEnum):
    """How many values an operator compares with."""

    NOTHING = "no value"
    ONE = "one value"
    MANY = "one or more values, separated by commas"
    RANGE = "two values, from and to, separated by a comma"


class InvalidValue(ValueError):
    """A value that cannot be compared; the sentence says what to write instead."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison. `if_missing` is its outcome where nothing is known: only negations hold of nothing."""

    key: str
    label: str
    types: frozenset[ValueType]
    takes: Takes
    compare: Callable[[Any, Any], bool]
    if_missing: bool = False

    def holds(self, actual: Any, expected: Any) -> bool:
        """Whether `actual` (None where nothing is known) stands to `expected` as this operator says."""
        return self.if_missing if actual is None else self.compare(actual, expected)

    def parse(self, text: str, value_type: ValueType) -> Any:
        """What staff typed, as the value to compare with; raises InvalidValue."""
        if value_type not in self.types:
            fitting = ", ".join(f"“{o.label}”" for o in OPERATORS.values() if value_type in o.types)
            raise InvalidValue(f"“{self.label}” does not fit a {value_type}: use one of {fitting}.")
        words = [word for part in text.split(",") if (word := part.strip())]
        _check_count(self, words, text, value_type)
        parse = _PARSERS.get(value_type, comparable)
        match self.takes:
            case Takes.NOTHING:
                return None
            case Takes.ONE:
                return parse(text.strip())
            case Takes.RANGE:
                return parse(words[0]), parse(words[1])
            case Takes.MANY if value_type is ValueType.WEEKDAY:
                return frozenset(day for word in words for day in _parse_weekdays(word))
            case Takes.MANY:
                return frozenset(map(parse, words))


_RANGES = {ValueType.DATE: "2026-12-24, 2027-01-06", ValueType.TIME: "09:00, 17:00"}


def _check_count(operator: Operator, words: list[str], text: str, value_type: ValueType) -> None:
    if operator.takes is Takes.NOTHING and text.strip():
        raise InvalidValue(f"“{operator.label}” takes no value: leave it empty.")
    if operator.takes is not Takes.NOTHING and not words:
        raise InvalidValue(f"“{operator.label}” takes {operator.takes}.")
    if operator.takes is Takes.RANGE and len(words) != 2:
        raise InvalidValue(f"“{operator.label}” takes {operator.takes}, as in “{_RANGES.get(value_type, '9, 17')}”.")


def comparable(text: str) -> str:
    """Text as it is compared: without regard to case and to blanks around it."""
    return text.strip().casefold()


def _parse_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number) or "_" in text:
        raise InvalidValue(f"“{text}” is not a number: write it as 12 or 12.5.")
    return number


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"“{text}” is not a date: write it as 2026-03-31.") from None


def _parse_time(text: str) -> time:
    try:
        clock = time.fromisoformat(text.zfill(5))
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo or len(text) > 5:
        raise InvalidValue(f"“{text}” is not a time of day: write it as 09:30.")
    return clock


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _parse_weekday(text: str) -> int:
    """The day's ISO number, Monday being 1."""
    for number, name in enumerate(_WEEKDAYS, start=1):
        if len(text) >= 3 and name.startswith(text.casefold()):
            return number
    raise InvalidValue(f"“{text}” is not a weekday: write Mon, Tue, Wed, Thu, Fri, Sat or Sun, or Mon-Fri.")


def _parse_weekdays(text: str) -> list[int]:
    """The days of `Mon` or of `Mon-Fri`; `Sat-Mon` goes round the end of the week."""
    first, dash, last = (part.strip() for part in text.replace("\N{EN DASH}", "-").partition("-"))
    start = _parse_weekday(first)
    length = (_parse_weekday(last) - start) % 7 if dash else 0
    return [(start - 1 + step) % 7 + 1 for step in range(length + 1)]


_PARSERS: dict[ValueType, Callable[[str], Any]] = {
    ValueType.NUMBER: _parse_number,
    ValueType.DATE: _parse_date,
    ValueType.TIME: _parse_time,
    ValueType.WEEKDAY: _parse_weekday,
}


def _between_times(actual: time, span: tuple[time, time]) -> bool:
    """From inclusive, to exclusive; a span that ends before it begins goes through midnight."""
    start, end = span
    return start <= actual < end if start < end else actual >= start or actual < end


def _between(actual: Any, span: tuple[Any, Any]) -> bool:
    return _between_times(actual, span) if isinstance(actual, time) else bool(span[0] <= actual <= span[1])


_TEXT = frozenset({ValueType.TEXT})
_NUMBER = frozenset({ValueType.NUMBER})
_DATE = frozenset({ValueType.DATE})
_TIME = frozenset({ValueType.TIME})
_BOOLEAN = frozenset({ValueType.BOOLEAN})
_LIST = frozenset({ValueType.LIST})
_SINGLE = frozenset({ValueType.TEXT, ValueType.NUMBER, ValueType.DATE})
_CHOSEN = frozenset({ValueType.TEXT, ValueType.NUMBER, ValueType.DATE, ValueType.WEEKDAY})
_ANY = frozenset(ValueType) - _BOOLEAN

OPERATORS = {
    operator.key: operator
    for operator in (
        Operator("yes", "yes", _BOOLEAN, Takes.NOTHING, lambda actual, _: actual),
        Operator("no", "no", _BOOLEAN, Takes.NOTHING, lambda actual, _: not actual, if_missing=True),
        Operator("is", "is", _SINGLE, Takes.ONE, lambda actual, expected: actual == expected),
        Operator("is-not", "is not", _SINGLE, Takes.ONE, lambda actual, expected: actual != expected, if_missing=True),
        Operator("any-of", "is any of", _CHOSEN, Takes.MANY, lambda actual, expected: actual in expected),
        Operator("none-of", "is none of", _CHOSEN, Takes.MANY, lambda actual, ex: actual not in ex, if_missing=True),
        Operator("contains", "contains", _TEXT, Takes.ONE, lambda actual, expected: expected in actual),
        Operator(
            "not-contains", "does not contain", _TEXT, Takes.ONE, lambda actual, ex: ex not in actual, if_missing=True
        ),
        Operator("starts-with", "starts with", _TEXT, Takes.MANY, lambda actual, ex: actual.startswith(tuple(ex))),
        Operator(
            "not-starts-with",
            "does not start with",
            _TEXT,
            Takes.MANY,
            lambda actual, ex: not actual.startswith(tuple(ex)),
            if_missing=True,
        ),
        Operator("ends-with", "ends with", _TEXT, Takes.MANY, lambda actual, ex: actual.endswith(tuple(ex))),
        Operator("more-than", "is more than", _NUMBER, Takes.ONE, lambda actual, expected: actual > expected),
        Operator("at-least", "is at least", _NUMBER, Takes.ONE, lambda actual, expected: actual >= expected),
        Operator("less-than", "is less than", _NUMBER, Takes.ONE, lambda actual, expected: actual < expected),
        Operator("at-most", "is at most", _NUMBER, Takes.ONE, lambda actual, expected: actual <= expected),
        Operator("before", "is before", _DATE | _TIME, Takes.ONE, lambda actual, expected: actual < expected),
        Operator("from", "is at or after", _DATE | _TIME, Takes.ONE, lambda actual, expected: actual >= expected),
        Operator("between", "is between", _NUMBER | _DATE | _TIME, Takes.RANGE, _between),
        Operator("includes", "includes", _LIST, Takes.ONE, lambda actual, expected: expected in actual),
        Operator("includes-any", "includes any of", _LIST, Takes.MANY, lambda actual, ex: not ex.isdisjoint(actual)),
        Operator("includes-all", "includes all of", _LIST, Takes.MANY, lambda actual, ex: ex.issubset(actual)),
        Operator(
            "includes-none",
            "includes none of",
            _LIST,
            Takes.MANY,
            lambda actual, ex: ex.isdisjoint(actual),
            if_missing=True,
        ),
        Operator("set", "is known", _ANY, Takes.NOTHING, lambda actual, _: True),
        Operator("not-set", "is not known", _ANY, Takes.NOTHING, lambda actual, _: False, if_missing=True),
    )
}

"""Conditions and facts as English sentences, for lists, traces and differences."""

from datetime import date
from typing import Any

from assistants.operators import OPERATORS, InvalidValue, Operator, Takes, ValueType
from assistants.trait import Trait
from assistants.traits import TRAITS
from assistants.values import as_text

# What staff read where nothing is known.
NOTHING = "(nothing)"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def condition_sentence(*, trait: str, parameter: str, operator: str, value: str) -> str:
    """A condition as staff read it: `account type is gold`, `not: the caller is known`."""
    if trait not in TRAITS or operator not in OPERATORS:
        return "an unfinished condition"
    subject = f"{TRAITS[trait].label} “{parameter}”" if TRAITS[trait].parameter else TRAITS[trait].label
    match operator:
        case "yes":
            return subject
        case "no":
            return f"not: {subject}"
        case _:
            wanted = _typed_in_words(value, OPERATORS[operator], TRAITS[trait])
            return " ".join(filter(None, [subject, OPERATORS[operator].label, wanted]))


def fact_in_words(value: Any, value_type: ValueType) -> str:
    """A fact as a trait reads it, for staff: `Gold`, `Wednesday`, `no`, `2026-06-03, a Wednesday`."""
    match value:
        case int() if value_type is ValueType.WEEKDAY:
            return _WEEKDAYS[value - 1]
        case date():
            return f"{value.isoformat()}, a {_WEEKDAYS[value.weekday()]}"
        case _:
            return as_text(value) or NOTHING


def _typed_in_words(value: str, operator: Operator, trait: Trait) -> str:
    """`18:00 and 08:00` of `18:00, 8:00`, `Monday to Friday` of `Mon-Fri`; any other value as it was typed."""
    if operator.takes in {Takes.NOTHING, Takes.ONE}:
        return _word_in_words(value.strip(), trait.type)
    words = [_word_in_words(word.strip(), trait.type) for word in value.split(",") if word.strip()]
    return (" and " if operator.takes is Takes.RANGE else ", ").join(words)


def _word_in_words(word: str, value_type: ValueType) -> str:
    match value_type:
        case ValueType.TIME:
            return word.zfill(5) if word else ""
        case ValueType.WEEKDAY:
            return " to ".join(_weekday(day.strip()) for day in word.replace("\N{EN DASH}", "-").split("-", 1))
        case _:
            return word


def _weekday(text: str) -> str:
    """The whole name of a day; what is none, as it was typed."""
    try:
        [number] = OPERATORS["any-of"].parse(text, ValueType.WEEKDAY)
    except (InvalidValue, ValueError):
        return text
    return _WEEKDAYS[number - 1]

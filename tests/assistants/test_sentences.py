"""Conditions and facts as staff read them."""

from datetime import date, time
from typing import Any

import pytest

from assistants.operators import ValueType
from assistants.sentences import condition_sentence, fact_in_words


@pytest.mark.parametrize(
    ("trait", "operator", "value", "sentence"),
    [
        ("tier", "is", " gold ", "account type is gold"),
        ("name", "is", "Lovelace, Ada", "name is Lovelace, Ada"),
        ("tier", "any-of", "gold,silver", "account type is any of gold, silver"),
        ("known", "yes", "", "the caller is known"),
        ("known", "no", "", "not: the caller is known"),
        ("email", "not-set", "", "e-mail is not known"),
        ("line_time", "between", "18:00,8:00", "time of day on the line is between 18:00 and 08:00"),
        ("line_time", "set", "", "time of day on the line is known"),
        ("days_since_joining", "between", "0, 30", "days since joining is between 0 and 30"),
        ("line_weekday", "any-of", "mon - Fri, sun", "weekday on the line is any of Monday to Friday, Sunday"),
        ("line_weekday", "none-of", "Sat–Mon", "weekday on the line is none of Saturday to Monday"),
        ("line_weekday", "any-of", "Funday", "weekday on the line is any of Funday"),
        ("aura", "is", "gold", "an unfinished condition"),
    ],
)
def test_a_condition_is_an_english_sentence(trait: str, operator: str, value: str, sentence: str) -> None:
    assert condition_sentence(trait=trait, parameter="", operator=operator, value=value) == sentence


@pytest.mark.parametrize(
    ("value", "value_type", "words"),
    [
        ("gold", ValueType.TEXT, "gold"),
        (None, ValueType.TEXT, "(nothing)"),
        ((), ValueType.LIST, "(nothing)"),
        (("VIP", "family"), ValueType.LIST, "VIP, family"),
        (True, ValueType.BOOLEAN, "yes"),
        (False, ValueType.BOOLEAN, "no"),
        (None, ValueType.BOOLEAN, "(nothing)"),
        (0, ValueType.NUMBER, "0"),
        (2.5, ValueType.NUMBER, "2.5"),
        (3, ValueType.WEEKDAY, "Wednesday"),
        (date(2026, 6, 3), ValueType.DATE, "2026-06-03, a Wednesday"),
        (time(17, 5, 9), ValueType.TIME, "17:05"),
    ],
)
def test_a_fact_is_said_in_words(value: Any, value_type: ValueType, words: str) -> None:
    assert fact_in_words(value, value_type) == words

"""Each operator, on each type it compares, with values as staff type them."""

from datetime import date, time
from typing import Any

import pytest

from assistants.operators import OPERATORS, InvalidValue, ValueType

T, N, D, B, L, C, W = ValueType


def holds(operator: str, value_type: ValueType, typed: str, actual: Any) -> bool:
    return OPERATORS[operator].holds(actual, OPERATORS[operator].parse(typed, value_type))


@pytest.mark.parametrize(
    ("operator", "value_type", "typed", "true_of", "false_of"),
    [
        ("yes", B, "", True, False),
        ("no", B, "", False, True),
        ("is", T, " Gold ", "gold", "silver"),
        ("is", N, "12", 12, 12.5),
        ("is", D, "2026-02-28", date(2026, 2, 28), date(2026, 3, 1)),
        ("is-not", T, "gold", "silver", "gold"),
        ("any-of", T, "gold, Silver,", "silver", "bronze"),
        ("any-of", N, "1, 2.0", 2, 3),
        ("any-of", W, "Mon-Wed, sunday", 7, 4),
        ("any-of", W, "Sat-Mon", 1, 2),
        ("none-of", T, "gold, silver", "bronze", "gold"),
        ("none-of", W, "Sat, Sun", 5, 6),
        ("contains", T, "EXAMPLE", "ada@example.com", "ada@test.com"),
        ("not-contains", T, "test", "ada@example.com", "ada@test.com"),
        ("not-starts-with", T, "+1, +44", "+49", "+44161"),
        ("ends-with", T, ".com, .org", "a.org", "a.net"),
        ("starts-with", T, "+1, +44", "+44161", "+49"),
        ("more-than", N, "5", 5.1, 5),
        ("at-least", N, "5", 5, 4.9),
        ("less-than", N, "-1.5", -2, -1.5),
        ("at-most", N, "5", 5, 6),
        ("before", D, "2026-01-01", date(2025, 12, 31), date(2026, 1, 1)),
        ("before", C, "9:30", time(9, 29, 59), time(9, 30)),
        ("from", D, "2026-01-01", date(2026, 1, 1), date(2025, 12, 31)),
        ("from", C, "09:30", time(9, 30), time(9, 29)),
        ("between", N, "1, 5", 5, 6),
        ("between", D, "2026-01-01, 2026-01-31", date(2026, 1, 31), date(2026, 2, 1)),
        ("between", C, "09:00, 17:00", time(16, 59), time(17, 0)),
        ("between", C, "22:00, 06:00", time(0, 0), time(6, 0)),
        ("between", C, "22:00, 06:00", time(22, 0), time(21, 59)),
        ("includes", L, "VIP", frozenset({"vip"}), frozenset({"x"})),
        ("includes-any", L, "a, b", frozenset({"b"}), frozenset({"c"})),
        ("includes-all", L, "a, b", frozenset({"a", "b", "c"}), frozenset({"a"})),
        ("includes-none", L, "a, b", frozenset({"c"}), frozenset({"a", "c"})),
        ("set", T, "", "x", None),
        ("not-set", T, "", None, "x"),
    ],
)
def test_an_operator_tells_values_apart(
    operator: str, value_type: ValueType, typed: str, true_of: Any, false_of: Any
) -> None:
    assert holds(operator, value_type, typed, true_of)
    assert not holds(operator, value_type, typed, false_of)


def test_only_negations_hold_of_nothing() -> None:
    of_nothing = {operator.key for operator in OPERATORS.values() if operator.holds(None, frozenset())}
    assert of_nothing == {
        "no", "is-not", "none-of", "includes-none", "not-set", "not-contains", "not-starts-with"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "value_type", "typed", "words"),
    [
        ("at-least", N, "five", "“five” is not a number"),
        ("at-least", N, "nan", "is not a number"),
        ("at-least", N, "1e999", "is not a number"),
        ("at-least", N, "1_000", "is not a number"),
        ("is", D, "31.12.2026", "is not a date: write it as 2026-03-31"),
        ("is", D, "2026-02-30", "is not a date"),
        ("before", C, "25:00", "is not a time of day"),
        ("before", C, "9am", "is not a time of day"),
        ("before", C, "09:30:15", "is not a time of day"),
        ("any-of", W, "Mo", "is not a weekday"),
        ("any-of", W, "Mon-", "is not a weekday"),
        ("between", N, "5", "takes two values"),
        ("between", N, "1, 2, 3", "takes two values"),
        ("is", T, "  ", "takes one value"),
        ("any-of", T, " , ", "takes one or more values"),
        ("yes", B, "true", "takes no value"),
        ("at-least", T, "5", "does not fit a text"),
        ("contains", N, "5", "“contains” does not fit a number: use one of “is”"),
    ],
)
def test_a_value_that_cannot_be_compared_is_refused_in_a_sentence(
    operator: str, value_type: ValueType, typed: str, words: str
) -> None:
    with pytest.raises(InvalidValue, match=r"\.$") as refusal:
        OPERATORS[operator].parse(typed, value_type)
    assert words in str(refusal.value)


@pytest.mark.parametrize("value_type", ValueType)
def test_every_type_has_operators(value_type: ValueType) -> None:
    assert [operator for operator in OPERATORS.values() if value_type in operator.types]

"""Splits: sticky, even to within what statistics allow, and stable when a share is added."""

from collections import Counter
from math import sqrt

import pytest

from assistants.splits import choose

CALLERS = [f"c{number:06}" for number in range(100_000)]


def shares(weights: dict[str, int], rule: str = "Split") -> list[str]:
    return [choose(rule=rule, caller=caller, weights=weights) for caller in CALLERS]


@pytest.mark.parametrize(
    "weights", [{"a": 1, "b": 1}, {"a": 90, "b": 10}, {"a": 1, "b": 2, "c": 3}, {"a": 999, "b": 1}]
)
def test_shares_are_even_to_within_statistics(weights: dict[str, int]) -> None:
    counts = Counter(shares(weights))
    for name, weight in weights.items():
        part = weight / sum(weights.values())
        # Four standard deviations of a binomial distribution: fails once in 16,000 draws, and the draws are fixed.
        assert abs(counts[name] - len(CALLERS) * part) < 4 * sqrt(len(CALLERS) * part * (1 - part))


def test_adding_a_share_moves_callers_only_to_it() -> None:
    before, after = shares({"a": 1, "b": 1}), shares({"a": 1, "b": 1, "c": 1})
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert {new for _, new in moved} == {"c"}
    assert abs(len(moved) / len(CALLERS) - 1 / 3) < 0.01


def test_raising_a_weight_moves_callers_only_to_it() -> None:
    before, after = shares({"a": 1, "b": 1}), shares({"a": 1, "b": 3})
    assert {(old, new) for old, new in zip(before, after, strict=True) if old != new} == {("a", "b")}


def test_two_rules_split_the_same_callers_independently() -> None:
    both = Counter(zip(shares({"a": 1, "b": 1}), shares({"a": 1, "b": 1}, rule="Other"), strict=True))
    assert all(abs(count / len(CALLERS) - 0.25) < 0.01 for count in both.values())


def test_the_order_of_shares_does_not_matter() -> None:
    assert choose(rule="r", caller="c", weights={"a": 1, "b": 2}) == choose(
        rule="r", caller="c", weights={"b": 2, "a": 1}
    )

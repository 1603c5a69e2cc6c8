"""Attributes: typed where nothing is lost, text everywhere else, and back again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.attribute_cells import read_attribute, write_attribute

TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))
FLOATS = st.floats(-1e16, 1e16, exclude_min=True, exclude_max=True)
FACTS = TEXTS | st.booleans() | st.integers(-(2**53), 2**53) | FLOATS


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("yes", True),
        ("FALSE", False),
        ("red;green", ["red", "green"]),
        ("1;yes;x", [1, True, "x"]),
        ("2027-01-31", "2027-01-31"),
        ("007", "007"),
        ("1.10", "1.10"),
        ("+49", "+49"),
        ("1e5", "1e5"),
        ("1e-07", 1e-07),
        ("1e+22", "1e+22"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("1234567890123456", "1234567890123456"),
        ("12, Main St; 2nd floor", "12, Main St; 2nd floor"),
        ("red;", "red;"),
        ('json:"12"', "12"),
        ('json:["red"]', ["red"]),
    ],
)
def test_a_cell_is_typed_only_where_nothing_is_lost(cell: str, value: Any) -> None:
    assert repr(read_attribute(cell)) == repr(value)


@given(FACTS | st.lists(FACTS))
def test_every_attribute_comes_back_as_it_went_out(value: Any) -> None:
    assert repr(read_attribute(write_attribute(value))) == repr(value)


def test_plain_values_are_written_plainly() -> None:
    assert [write_attribute(value) for value in ("pro", 12, True, ["a", "b"])] == ["pro", "12", "yes", "a;b"]

"""Whatever customers say of their cards, nobody reads it here; what only looks like it stays."""

from typing import Any

import pytest

from customers.card_numbers import without_card_numbers

AS_SAID = [
    ("My card is 4242424242424242.", "My card is ************4242."),
    ("4242 4242 4242 4242", "**** **** **** 4242"),
    ("4242-4242-4242-4242, it expires 12/29", "****-****-****-4242, it expires 12/29"),
    ("4 2 4 2, 4 2 4 2, 4 2 4 2, 4 2 4 2", "* * * *, * * * *, * * * *, 4 2 4 2"),
    ("4242. 4242. 4242. 4242.", "****. ****. ****. 4242."),
    ("3782 822463 10005", "**** ****** *0005"),
    ("4222222222222", "*********2222"),
    ("6304 0000 0000 0000", "**** **** **** 0000"),
    ("17 5555 5555 5555 4444 12 29", "17 **** **** **** 4444 12 29"),
    ("4242 4242 4242 4242 5555 5555 5555 4444", "**** **** **** 4242 **** **** **** 4444"),
    ("٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "**** **** **** ٤٢٤٢"),
    ("+1 303 555 0101 and card 4242 4242 4242 4242", "+1 303 555 0101 and card **** **** **** 4242"),
    ("+1 303 555 0101, 4242 4242 4242 4242", "+1 303 555 0101, **** **** **** 4242"),
]


@pytest.mark.parametrize(("said", "kept"), AS_SAID)
def test_only_the_last_four_digits_are_kept(said: str, kept: str) -> None:
    assert without_card_numbers(said) == kept


@pytest.mark.parametrize(
    "text",
    [
        *(
            "+13035550101",
            "+4222222222222",
            "+42 22 22 22 22 22 2",
            "1 303 555 0101",
            "4242424242424241",
            "424242424242",
        ),
        *(
            "42424242424242424242424242",
            "x4242424242424242",
            "4242424242424242x",
            "2026-11-02 09:00:02",
            "1 2 3 4 5 6 7 8",
        ),
        *("019c0a11-7e01-7c00-8d00-000000000001", "1234567890123452", "from 42.42 to 4,242,424.20"),
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert without_card_numbers(text) == text


def test_they_are_found_wherever_they_stand() -> None:
    said: Any = {
        "card": 4242424242424242,
        "notes": ["4242 4242 4242 4242"],
        "4242424242424242": True,
        "n": -1,
        "x": None,
    }
    assert without_card_numbers(said) == {
        "card": "************4242", "notes": ["**** **** **** 4242"], "************4242": True, "n": -1, "x": None,
    }  # fmt: skip


def test_many_digits_cost_no_more_than_their_number() -> None:
    for text in ("4 " * 5_000, "12 " * 5_000 + "x", "4" * 10_000, "1" * 10_000 + "x"):
        assert len(without_card_numbers(text)) == len(text)

"""The impact in one sentence, and how far a sample can be trusted."""

import pytest

from assistants.impact_summary import calls_summary, margin, summary


def test_everybody_was_asked() -> None:
    said = summary(asked=9_310, changed=214, total=9_310, is_sample=False)
    assert said == "214 of 9,310 customers would be answered differently."


def test_a_customer_who_went_meanwhile_makes_no_sample() -> None:
    assert summary(asked=9_309, changed=214, total=9_310, is_sample=False).startswith("214 of 9,309 customers")


def test_nobody_is_there_to_be_asked() -> None:
    assert summary(asked=0, changed=0, total=0, is_sample=False).startswith("There is no active customer")


def test_a_sample_says_so_with_its_margin() -> None:
    assert summary(asked=100_000, changed=2_000, total=1_234_567, is_sample=True) == (
        "About 24,691 of 1,234,567 customers would be answered differently "
        "(between 23,643 and 25,786, by a sample of 100,000 of 1,234,567: 2,000 in it)."
    )


@pytest.mark.parametrize(
    ("changed", "low", "high"),
    [
        (0, 0, 370),
        (10, 552, 1_744),
        (50, 4_038, 5_962),
        (100, 9_630, 10_000),
    ],  # as printed in tables of Wilson's interval
)
def test_the_margin_is_wilsons(changed: int, low: int, high: int) -> None:
    assert margin(asked=100, changed=changed, total=10_000) == (low, high)


def test_what_was_seen_is_certain() -> None:
    assert margin(asked=100, changed=99, total=101)[0] == 99


@pytest.mark.parametrize(
    ("asked", "changed", "sentence"),
    [
        (0, 0, "No call has come in yet."),
        (1, 0, "The last call would not be answered differently."),
        (200, 12, "12 of the last 200 calls would be answered differently."),
    ],
)
def test_past_calls_in_a_sentence(asked: int, changed: int, sentence: str) -> None:
    assert calls_summary(asked=asked, changed=changed) == sentence

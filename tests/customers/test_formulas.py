"""Cells that a spreadsheet would calculate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.formulas import bare, defused, told_apart

CELLS = st.text(st.sampled_from("'=+-@\t\ra1 \""), max_size=6)


@pytest.mark.parametrize("text", ["=1+1", "+13035550101", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_calculate_has_an_apostrophe_in_front(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Ada", "", "1+1", "d'Arc", "'quoted'", "a=b"])
def test_all_else_stands_as_it_is(text: str) -> None:
    assert defused(text) == told_apart(text) == bare(text) == text


@pytest.mark.parametrize(
    ("text", "meant"), [('="0012"', "0012"), ('=""', ""), ('="a"b', '="a"b'), ('="a"&"b"', '="a"&"b"')]
)
def test_what_an_export_had_left_alone_is_read_as_it_shows(text: str, meant: str) -> None:
    assert bare(text) == meant


@given(CELLS)
def test_whatever_was_written_is_read_again(text: str) -> None:
    assert bare(defused(text)) == bare(told_apart(text)) == text
    assert defused(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}

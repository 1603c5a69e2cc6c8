"""Deciding side by side: the peer is given the same rules as we are."""

import pytest
from flag_engine.engine import get_evaluation_result

from bench.deciding import FAILING, HOLDING, DecidingFigures, SameTest, decide_ours, our_ruleset, peers_context
from bench.report import deciding_table


def match(tests: list[SameTest]) -> tuple[bool, bool]:
    """Whether a rule with these conditions matches, by us and by the peer."""
    peers = get_evaluation_result(peers_context([tests]))
    return decide_ours(our_ruleset([tests])).rule is not None, bool(peers["segments"])


@pytest.mark.parametrize("test", HOLDING, ids=str)
def test_what_is_to_hold_holds_on_both_sides(test: SameTest) -> None:
    assert match([test]) == (True, True)


@pytest.mark.parametrize("test", FAILING, ids=str)
def test_what_is_to_fail_fails_on_both_sides(test: SameTest) -> None:
    assert match([test]) == (False, False)
    assert match([*HOLDING[:2], test]) == (False, False)


def test_the_figures_stand_side_by_side() -> None:
    _, figures = deciding_table(DecidingFigures(2e-4, 2e-3)).splitlines()
    assert figures.split()[-7:] == ["200", "2,000", "0.10", "ours", "at", "most", "500"]

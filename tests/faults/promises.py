"""What callers are promised, whatever breaks."""

from tests.faults.load import Outcome

ANSWERED_S = 3 * 1


def require_promises(outcome: Outcome, *, may_be_lost: int = 0) -> None:
    """Every call is answered in time, and by name. The one exception: what a killed worker had in hand."""
    assert len(outcome.lost) <= may_be_lost, outcome.lost[:5]
    assert max(outcome.quantiles(1)) <= ANSWERED_S

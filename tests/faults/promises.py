"""What is promised, and how far beyond it a test fails: the machine may be busy with something else."""

from tests.faults.load import Outcome

_TIMES = 3
ANSWERED_S = 1 * _TIMES
AGAIN_LIVE_S = 5 * _TIMES


def require_promises(outcome: Outcome, *, may_be_lost: int = 0) -> None:
    """Every call is answered in time, and by name. The one exception: what a killed worker had in hand."""
    assert len(outcome.lost) <= may_be_lost, outcome.lost[:5]
    assert max(outcome.quantiles(1)) <= ANSWERED_S

"""What is promised, and how far beyond it a test fails: the machine may be busy with something else."""

import time
from collections.abc import Callable

from tests.faults.load import Outcome

_TIMES = 3
ANSWERED_S = 1 * _TIMES
AGAIN_LIVE_S = 5 * _TIMES


def require_promises(outcome: Outcome, *, may_be_lost: int = 0) -> None:
    """Every call is answered in time, and by name. The one exception: what a killed worker had in hand."""
    assert len(outcome.lost) <= may_be_lost, outcome.lost[:5]
    assert max(outcome.quantiles(1)) <= ANSWERED_S


def wait_until(holds: Callable[[], bool], *, at_most: float) -> float:
    """Gives the seconds it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < at_most
        time.sleep(0.05)
    return time.monotonic() - began

"""Waiting for what comes by itself, on machines that may be busy."""

import time
from collections.abc import Callable

# Far more than anything takes: where it comes, nobody waits for the rest.
PATIENCE_S = 120
# Three times what is promised: the machine may be busy with something else.
IN_FORCE_S = 3 * 2
AGAIN_LIVE_S = 3 * 5


def eventually(holds: Callable[[], object], *, seconds: float = PATIENCE_S) -> float:
    """Fails where it does not come to hold; gives how many seconds that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - began

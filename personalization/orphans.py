"""Processes that end with the one that started them, however that one ended: a killed server gives its port back."""

import os
import runpy
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path

_LOOK_SECONDS = 0.5
_GRACE_SECONDS = 5


def stop_with(parent: int) -> None:
    """Ends this process soon after its parent, the process `parent`, is gone: politely, then at once."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def stop_worker_with_its_server() -> None:
    """For what a web server's workers load; does nothing in a process that is nobody's worker."""
    if server := parent_process():
        stop_with(server.pid or 0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


def _give_way(niceness: int) -> None:
    os.nice(niceness)
    if niceness:
        with suppress(OSError):  # where Linux groups sessions, niceness counts among processes of one session only
            Path("/proc/self/autogroup").write_text(str(niceness))  # sched(7)


def main() -> None:
    """`python -m personalization.orphans PID NICENESS MODULE …`: as `python -m MODULE …`, but ends with its parent PID.

    A NICENESS above 0 gives way to other processes, as by nice(1).
    """
    _, parent, niceness, *sys.argv = sys.argv
    _give_way(int(niceness))
    stop_with(int(parent))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""A sign of life from each worker of the front door, so that one that hangs is replaced.

Each worker writes into a pipe again and again; whoever watches looks into it as often. Looks are counted, not seconds:
where the machine keeps everybody waiting, it keeps the watcher waiting as well.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

BEAT_SECONDS = 0.1
_SILENT_LOOKS = 3
# Far longer than anything a worker does in one piece.
_HANGING_LOOKS = 10
_LOOKS_AT_START = 300
_PROC = Path("/proc")
# Where nobody tells what a silent process waits for.
_HANGING_LOOKS_UNSEEN = 40


async def beat(pulse: int) -> None:
    """Writes to the descriptor `pulse`, which never blocks, for ever."""
    while True:
        with suppress(OSError):  # nobody reads
            os.write(pulse, b".")
        await asyncio.sleep(BEAT_SECONDS)


class Pulse:
    """One worker's pipe, also when the worker is started again; `writes` is the end for the worker to inherit."""

    def __init__(self) -> None:
        self._reads, self.writes = os.pipe()
        os.set_blocking(self._reads, False)
        os.set_blocking(self.writes, False)
        self._process, self._used = 0, 0.0
        self._silent_looks, self._patience = _SILENT_LOOKS, _LOOKS_AT_START

    def close(self) -> None:
        """Forgets the pipe."""
        os.close(self._reads)
        os.close(self.writes)

    def look(self, process: int) -> None:
        """To be called about as often as the worker beats; `process` is its id."""
        if process != self._process:
            self._has_beaten()  # the one before
            self._process, self._used = process, 0.0
            self._silent_looks, self._patience = _SILENT_LOOKS, _LOOKS_AT_START
        if self._has_beaten():
            self._silent_looks, self._patience = 0, _HANGING_LOOKS if _PROC.exists() else _HANGING_LOOKS_UNSEEN
            return
        self._silent_looks += 1
        if self._silent_looks == _SILENT_LOOKS:
            self._used = _processor_seconds(process)

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of the worker lately."""
        return self._silent_looks >= _SILENT_LOOKS

    @property
    def hangs(self) -> bool:
        """Whether it has been silent for so long that it will not come back."""
        return self._silent_looks >= self._patience and not self._is_kept_waiting()

    def _has_beaten(self) -> bool:
        with suppress(BlockingIOError):
            return bool(os.read(self._reads, 65536))
        return False

    def _is_kept_waiting(self) -> bool:
        """By the machine: it could go on, but gets neither processor nor disk. Who got a second of it hangs."""
        used = _processor_seconds(self._process) - self._used
        return used < 1 and any(state in "RD" for state in _thread_states(self._process))


def _processor_seconds(process: int) -> float:
    with suppress(OSError):
        fields = _stat(_PROC / str(process))
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _thread_states(process: int) -> list[str]:
    """A letter for each thread: R can run, D waits for a disk (proc(5))."""
    with suppress(OSError):
        return [_stat(thread)[0] for thread in (_PROC / str(process) / "task").iterdir()]
    return []


def _stat(folder: Path) -> list[str]:
    """The fields after the program's name, which may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()

"""A sign of life from each worker of the front door, so that one that hangs is replaced.

Each worker touches a file named after its process and holds a lock on it; whoever watches kills a worker whose file
is locked and untouched for long, and the server starts another in its place.
"""

import asyncio
import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_BEAT_SECONDS = 0.5
# Far longer than anything a worker does in one piece, far shorter than two callers' patience.
_HANGS_AFTER_SECONDS = 4


async def beat(folder: Path) -> None:
    """Touches this process's file in `folder`, for ever."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / str(os.getpid()), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    while True:
        os.utime(descriptor)
        await asyncio.sleep(_BEAT_SECONDS)


class HeartbeatWatch:
    """Looks after the workers whose files are in `folder`; it goes by its own clock, not by the files' times."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, tuple[int, float]] = {}

    def replace_hanging(self) -> list[int]:
        """Kills the workers that hang; their process ids. To be called again and again; files of ended ones go."""
        return [int(file.name) for file in self._folder.glob("[0-9]*") if self._hangs(file)]

    def _hangs(self, file: Path) -> bool:
        with suppress(FileNotFoundError):
            if _is_unlocked(file):
                file.unlink()
                return False
            beaten_at = file.stat().st_mtime_ns
            last_beat, seen_at = self._seen.setdefault(file.name, (beaten_at, time.monotonic()))
            if beaten_at != last_beat:
                self._seen[file.name] = beaten_at, time.monotonic()
            elif time.monotonic() - seen_at > _HANGS_AFTER_SECONDS:
                os.kill(int(file.name), signal.SIGKILL)
                return True
        return False


def _is_unlocked(file: Path) -> bool:
    """Whether the process that made the file has ended: another may have its number by now."""
    with file.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

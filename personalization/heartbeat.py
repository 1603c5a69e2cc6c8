"""A sign of life from each worker of the front door, so that one that hangs is replaced.

Each worker touches a file named after its process; whoever watches kills a worker that no longer does, and the server
starts another in its place.
"""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_BEAT_SECONDS = 0.5
# Far longer than anything a worker does in one piece, far shorter than a caller's patience with a second call.
_HANGS_AFTER_SECONDS = 5


async def beat(folder: Path) -> None:
    """Touches this process's file in `folder`, for ever."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / str(os.getpid())
    while True:
        with suppress(OSError):  # a full disk is no reason to be taken for dead: see `replace_hanging`
            file.touch()
        await asyncio.sleep(_BEAT_SECONDS)


def replace_hanging(folder: Path) -> list[int]:
    """Kills the workers in `folder` that hang; returns their process ids. Files of ended processes go."""
    hanging = []
    for file in folder.glob("[0-9]*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _HANGS_AFTER_SECONDS:
                file.unlink()
                os.kill(int(file.name), signal.SIGKILL)
                hanging.append(int(file.name))
    return hanging

"""Messages that wait on disk until the database has them.

Each is a file of its own, complete or not there at all. The name orders them by arrival and says what stands in it:
news of a call, which survives a power cut, or a batch of decisions, which survives the process only.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path

NEWS, DECISIONS = ".json", ".decisions"
_UNFINISHED = ".unfinished-"
_STALE_SECONDS = 3600


class Spool:
    """A folder of waiting messages, and below it those that were set aside because they always fail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = folder / "set-aside"

    def put(self, message: bytes, *, kind: str = NEWS) -> None:
        """Keeps `message`; news is on the disk on return. Raises OSError, and then nothing is kept."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._aside.mkdir(mode=0o700, exist_ok=True)
        name = f"{time.time_ns():020}-{secrets.token_hex(4)}{kind}"
        unfinished = self._folder / f"{_UNFINISHED}{name}"
        try:
            _write(unfinished, message, sync=kind == NEWS)
            unfinished.rename(self._folder / name)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        if kind == NEWS:
            _sync(self._folder)

    def waiting(self) -> list[Path]:
        """The messages, oldest first."""
        return sorted(self._files(self._folder))

    def set_aside(self) -> list[Path]:
        """The messages that were set aside, oldest first."""
        return sorted(self._files(self._aside))

    def sizes(self, *, at_most: int | None = None) -> tuple[int, int]:
        """How many wait and how many were set aside; with `at_most` counted no further than that."""
        waiting, aside = (sum(1 for _ in islice(self._files(place), at_most)) for place in (self._folder, self._aside))
        return waiting, aside

    def remove(self, message: Path) -> None:
        """Forgets a message that is stored."""
        message.unlink(missing_ok=True)

    def replace(self, message: Path, text: bytes) -> None:
        """Puts another text in a message's place, in one step; raises FileNotFoundError where it is gone by now."""
        unfinished = message.with_name(f"{_UNFINISHED}{secrets.token_hex(4)}-{message.name}")
        message.stat()
        _write(unfinished, text)
        unfinished.rename(message)
        _sync(message.parent)

    def put_aside(self, message: Path) -> None:
        """Takes a message out of the way of the others."""
        message.rename(self._aside / message.name)

    def put_back(self) -> int:
        """Lets all that were set aside wait again; how many."""
        messages = self.set_aside()
        for message in messages:
            message.rename(self._folder / message.name)
        return len(messages)

    def forget_set_aside(self, *, before: datetime) -> int:
        """Removes messages that arrived before and were set aside; how many."""
        old = [each for each in self.set_aside() if int(each.name[:20]) < before.timestamp() * 1e9]
        for message in old:
            message.unlink(missing_ok=True)
        return len(old)

    def sweep(self) -> None:
        """Removes what killed processes left half written long ago: nobody was told that it is kept."""
        for path in self._folder.glob(f"{_UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()

    def _files(self, folder: Path) -> Iterator[Path]:
        with suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((NEWS, DECISIONS)) and not entry.name.startswith("."):
                    yield Path(entry.path)


def _write(path: Path, message: bytes, *, sync: bool = True) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(message)
        if sync:
            file.flush()
            os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Makes the renaming itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

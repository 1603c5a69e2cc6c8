"""Files with people's data, written for people: whole or not at all, and for their owner's eyes only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import TextIO


class FileNotWritable(ValueError):
    """A file that cannot be written; the sentence says why."""


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text that takes the place of `path` once all went well; line ends stay as they are written.

    Raises FileNotWritable before anything was done.
    """
    if path.exists() and not path.is_file():
        raise FileNotWritable(f"{path} cannot be written: it is not an ordinary file.")
    try:
        handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FileNotWritable(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)

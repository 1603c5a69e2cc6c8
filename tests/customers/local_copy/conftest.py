"""A copy of the test's own, with a follower."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from customers import directory
from tests.followers import following, use_real_copy
from tests.waiting import eventually


@pytest.fixture
def place(
    transactional_db: None,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The folder of the copy from which calls are answered; empty at first."""
    return use_real_copy(monkeypatch, settings, tmp_path)


@pytest.fixture
def followed(place: Path) -> Iterator[Path]:
    """The same, with a complete copy and a follower that keeps it up to date."""
    with following():
        eventually(directory.has_copy)
        yield place

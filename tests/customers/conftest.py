"""A way to import a few lines of CSV, and a spool."""

from pathlib import Path

import pytest

from customers.spool import Spool
from tests.customers.importing_cases import TWO_GOOD_TWO_BAD, Importer


@pytest.fixture
def imported(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(TWO_GOOD_TWO_BAD, encoding="utf-8")
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")

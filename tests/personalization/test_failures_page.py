"""docs/failures.md names a test for every failure; each of them exists."""

import re

import pytest

from personalization.environment import BASE_DIR

ROWS = [line for line in (BASE_DIR / "docs/failures.md").read_text().splitlines() if line.startswith("| ")][1:]
FLOODS = (BASE_DIR / "tests/faults/flooding.py").read_text()


@pytest.mark.parametrize("row", ROWS)
def test_the_test_of_each_failure_exists(row: str) -> None:
    named = re.search(r"`(tests/\S+\.py)::(test_\w+)(?:\[(.+)\])?` \|$", row)
    assert named
    file, test, case = named.groups()
    source = (BASE_DIR / file).read_text()
    assert f"def {test}(" in source
    assert case is None or f'"{case}"' in source + FLOODS

"""Importing beside a raw COPY: all of it with a few rows, and how the figures are shown."""

import pytest

from bench.importing import Effort, ImportFailed, ImportFigures, _manage, measure_importing
from bench.report import importing_table


@pytest.mark.server
def test_both_ways_bring_all_rows_in(capfd: pytest.CaptureFixture[str]) -> None:
    figures = measure_importing(50)
    assert figures.rows == 50
    assert figures.copied.log > 50 * 100
    assert figures.imported.log > figures.again.log
    assert 10e6 < figures.memory < 1e9
    assert capfd.readouterr() == ("", "")


def test_an_import_that_fails_is_no_figure() -> None:
    with pytest.raises(ImportFailed, match="no_such_command did not end well"):
        _manage({}, "no_such_command")


def test_the_figures_stand_side_by_side() -> None:
    copied, imported = Effort(seconds=10, cpu=9, log=860_000_000), Effort(seconds=30, cpu=36, log=1_290_000_000)
    shown = importing_table(ImportFigures(1_000_000, copied, imported, again=imported, memory=110_000_000)).splitlines()
    assert shown[1].split() == ["seconds", "30.0", "10.0", "3.00", "at", "most", "3"]
    assert shown[2].split()[-3:] == ["33,333", "100,000", "0.33"]

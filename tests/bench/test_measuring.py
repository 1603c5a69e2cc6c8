"""What several rounds come to."""

import pytest

from bench.measuring import Round, take_together


def round_with(calls_per_s: float, latencies: list[float]) -> Round:
    return Round(calls_per_s, 3e-4, 1e-4, 3e-5, latencies, memory=80_000_000, others=0.0)


def test_rates_are_medians_and_percentiles_are_those_of_all_calls() -> None:
    quick, slow = [0.001] * 99 + [0.050], [0.001] * 98 + [0.020, 0.030]
    figures = take_together([round_with(900, quick), round_with(1000, slow), round_with(5000, quick)])
    assert figures.calls_per_s == 1000
    assert figures.p50 == 0.001
    assert 0.020 <= figures.p99 < 0.030
    assert figures.cpu == pytest.approx(4e-4)

"""One round of load on one server, and what it cost."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles

import psutil

from bench.load import call_at_rate, saturate
from bench.servers import Server, cpu_s

CALLS_PER_S = 100.0


@dataclass(frozen=True, slots=True)
class Duration:
    """How many rounds there are, and how long the parts take, in seconds."""

    rounds: int
    warm_up_s: float
    saturation_s: float
    steady_s: float


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to. CPU times are in seconds per call at saturation, latencies in seconds at 100 calls/s.

    `others` is how much of the machine's CPU went to programs that are no part of this, from 0 to 1.
    """

    calls_per_s: float
    server_cpu: float
    database_cpu: float
    generator_cpu: float
    latencies: list[float]
    memory: int
    others: float


@dataclass(frozen=True, slots=True)
class Figures:
    """A server's rounds taken together: medians of rates and costs, percentiles of all latencies.

    CPU times are in seconds per call, latencies in seconds, memory in bytes.
    """

    calls_per_s: float
    server_cpu: float
    database_cpu: float
    generator_cpu: float
    p50: float
    p99: float
    memory: int
    others: float

    @property
    def cpu(self) -> float:
        """Server and database together."""
        return self.server_cpu + self.database_cpu


def measure_round(
    server: Server, postgres: psutil.Process, duration: Duration, generator: ProcessPoolExecutor
) -> Round:
    """Saturation first, then a steady rate; the load comes from the process of `generator`. Raises WrongAnswer."""
    before = _busy_s(), server.cpu_s(), cpu_s(postgres)
    full = generator.submit(saturate, server.target, duration.saturation_s).result()
    after = _busy_s(), server.cpu_s(), cpu_s(postgres)
    busy, server_cpu, database_cpu = (end - start for start, end in zip(before, after, strict=True))
    steady = generator.submit(call_at_rate, server.target, duration.steady_s, CALLS_PER_S).result()
    return Round(
        calls_per_s=full.calls / full.seconds,
        server_cpu=server_cpu / full.calls,
        database_cpu=database_cpu / full.calls,
        generator_cpu=full.generator_cpu / full.calls,
        latencies=steady.latencies,
        memory=server.largest_process(),
        others=(busy - server_cpu - database_cpu - full.generator_cpu) / (full.seconds * (psutil.cpu_count() or 1)),
    )


def take_together(rounds: Sequence[Round]) -> Figures:
    """The figures of a server's rounds."""
    percentiles = quantiles([latency for each in rounds for latency in each.latencies], n=100, method="inclusive")
    return Figures(
        calls_per_s=median(each.calls_per_s for each in rounds),
        server_cpu=median(each.server_cpu for each in rounds),
        database_cpu=median(each.database_cpu for each in rounds),
        generator_cpu=median(each.generator_cpu for each in rounds),
        p50=percentiles[49],
        p99=percentiles[98],
        memory=max(each.memory for each in rounds),
        others=median(each.others for each in rounds),
    )


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system)

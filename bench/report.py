"""The figures as a table: ours, the peer's, how they compare, and what is aimed at."""

from collections.abc import Iterator

from bench.deciding import CONDITIONS, RULES, DecidingFigures
from bench.importing import ImportFigures
from bench.measuring import CALLS_PER_S, Figures
from bench.scenarios import Scenario

_CPU_AIM = 2.0
_MEMORY_AIM_MB = 150
_IMPORT_AIM = 3.0
_IMPORT_MEMORY_AIM_MB = 300
_TOO_BUSY = 0.1
_DECIDING_AIM_US = 500


def table(scenario: Scenario, ours: Figures, peers: Figures) -> str:
    """Several lines of text."""
    return "\n".join(_lines(scenario, ours, peers))


def deciding_table(figures: DecidingFigures) -> str:
    """One decision among many rules; the peer is Flagsmith's engine. Several lines of text."""
    title = f"{RULES} rules of {CONDITIONS} conditions"
    aim = f"ours at most {_DECIDING_AIM_US}"
    return "\n".join(
        [
            _line(title, "ours", "Flagsmith", "ratio", "aim"),
            _microseconds("a decision, no rule matches", figures.ours, figures.peers, aim),
        ]
    )


def importing_table(figures: ImportFigures) -> str:
    """An import beside a raw COPY of the same rows. Several lines of text."""
    ours, peers, again = figures.imported, figures.copied, figures.again
    return "\n".join(
        [
            _line(f"Import of {figures.rows:,} rows", "ours", "raw COPY", "ratio", "aim"),
            _row("seconds", ours.seconds, peers.seconds, ",.1f", f"at most {_IMPORT_AIM:g}"),
            _row("rows/s", figures.rows / ours.seconds, figures.rows / peers.seconds, ",.0f"),
            _row("CPU, PostgreSQL's with it, s", ours.cpu, peers.cpu, ",.1f"),
            _row("PostgreSQL's log, MB", ours.log / 1e6, peers.log / 1e6, ",.1f"),
            _line("largest process, MB", f"{figures.memory / 1e6:,.0f}", "", "", f"under {_IMPORT_MEMORY_AIM_MB}"),
            _row("the same file again, s", again.seconds, peers.seconds, ",.1f"),
            _row("  PostgreSQL's log, MB", again.log / 1e6, peers.log / 1e6, ",.1f", "almost nothing"),
        ]
    )


def _lines(scenario: Scenario, ours: Figures, peers: Figures) -> Iterator[str]:
    yield _line(scenario.title, "ours", "peer", "ratio", "aim")
    yield _microseconds("CPU per call", ours.cpu, peers.cpu, f"at most {_CPU_AIM:g}")
    yield _microseconds("  server", ours.server_cpu, peers.server_cpu)
    yield _microseconds("  PostgreSQL", ours.database_cpu, peers.database_cpu)
    yield _microseconds("  load generator, not counted", ours.generator_cpu, peers.generator_cpu)
    yield _row("calls/s at saturation", ours.calls_per_s, peers.calls_per_s, ",.0f")
    yield _milliseconds(f"p50 at {CALLS_PER_S:g} calls/s", ours.p50, peers.p50)
    yield _milliseconds(f"p99 at {CALLS_PER_S:g} calls/s", ours.p99, peers.p99)
    yield _row("largest process, MB", ours.memory / 1e6, peers.memory / 1e6, ",.0f", f"under {_MEMORY_AIM_MB}")
    if (others := max(ours.others, peers.others)) > _TOO_BUSY:
        yield f"Other programs took {others:.0%} of the machine meanwhile: trust these figures the less."


def _microseconds(label: str, ours: float, peers: float, aim: str = "") -> str:
    return _row(f"{label}, µs", ours * 1e6, peers * 1e6, ",.0f", aim)


def _milliseconds(label: str, ours: float, peers: float) -> str:
    return _row(f"{label}, ms", ours * 1e3, peers * 1e3, ".2f")


def _row(label: str, ours: float, peers: float, form: str, aim: str = "") -> str:
    return _line(label, f"{ours:{form}}", f"{peers:{form}}", f"{ours / peers:.2f}", aim)


def _line(label: str, ours: str, peers: str, ratio: str, aim: str) -> str:
    return f"{label:<34}{ours:>9}{peers:>11}{ratio:>8}   {aim}".rstrip()

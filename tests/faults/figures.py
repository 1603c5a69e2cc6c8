"""What each fault cost callers, as lines of a table: at the end of the fault tests, which `make bench` runs as well."""

from collections import Counter

from tests.faults.load import Outcome

_WIDTH = 58
HEAD = f"{'':<{_WIDTH}}{'calls':>6}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}{'lost':>6}{'live again':>12}"


def line(test: str, outcome: Outcome, *, live_again_s: float | None, remark: str) -> str:
    """`test` is a test's name, `live_again_s` the seconds until callers heard what had changed meanwhile."""
    what = test.removeprefix("test_").replace("_", " ").replace("[", " ").rstrip("]")
    numbers = (
        len(outcome.calls),
        *(f"{1000 * each:.1f}" for each in outcome.quantiles(0.5, 0.99, 1)),
        len(outcome.lost),
    )
    cells = "".join(f"{each:>{width}}" for each, width in zip(numbers, (6, 8, 8, 8, 6), strict=True))
    again = "" if live_again_s is None else f"{live_again_s:.1f} s"
    return f"{what[: _WIDTH - 1]:<{_WIDTH}}{cells}{again:>12}   {_sources(outcome)}{remark}".rstrip()


def _sources(outcome: Outcome) -> str:
    """Who answered, where it was not the live copy alone; callers who were lost have their own column."""
    sources = Counter(call.source for call in outcome.calls if not call.wrong)
    return "" if set(sources) <= {"live"} else ", ".join(f"{n} {source}" for source, n in sources.items()) + "; "

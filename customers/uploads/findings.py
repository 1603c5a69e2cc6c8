"""What is found in an uploaded file, as its page shows it; all of it plain values, kept with the upload as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from customers.columns import ATTRIBUTES, IGNORED, field_named, is_bookkeeping, mapped
from customers.staging import RejectedRow
from customers.uploads.words import problem_on_the_page

MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class ColumnFound:
    """A column: its name, and what it is taken for: a field, attributes.<name>, ignore, or nothing yet (empty)."""

    header: str
    means: str


@dataclass(slots=True)
class Problems:
    """The first problems of a file in full, and how many there are."""

    first: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def passing(self, rejected: Iterable[RejectedRow]) -> Iterator[RejectedRow]:
        """The same rows, in this page's words, looked at while they pass."""
        for row in rejected:
            problems = tuple(map(problem_on_the_page, row.problems))
            for problem in problems[: MOST_PROBLEMS - len(self.first)]:
                self.first.append({"line": row.line, **asdict(problem)})
            self.count += len(problems)
            yield RejectedRow(row.file, row.line, problems)


def columns_found(header: Sequence[str], *, mapping: Mapping[str, str], unknown: str) -> list[ColumnFound]:
    """What each column is taken for: as `mapping` says by name, else by its name, else as `unknown` says of all."""
    explained = mapped(header, mapping)
    return [
        ColumnFound(name, explained.get(name) or _meaning(name, unknown)) for name in header if not is_bookkeeping(name)
    ]


def _meaning(name: str, unknown: str) -> str:
    if column := field_named(name):
        return f"{ATTRIBUTES}.{column.attribute}" if column.field == ATTRIBUTES else column.field
    if unknown == ATTRIBUTES and name:
        return f"{ATTRIBUTES}.{name}"
    return IGNORED if unknown else ""

"""Who would be answered differently: every customer's decision by two rulesets, side by side."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from assistants.facts import KnownFacts
from assistants.incoming import IncomingCall
from assistants.routing import decide
from assistants.ruleset import LineSpec, Ruleset
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress

# Above this many customers a sample is asked instead of everybody: exact enough, and done while staff wait.
MOST_CUSTOMERS = 100_000
_MOST_EXAMPLES = 20
_PROGRESS_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Person:
    """One customer as a decision sees one who calls: the facts, and a number of theirs."""

    facts: CustomerFacts
    number: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """Customers who would go from one variant to another, with some of them as examples."""

    before: str
    after: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """How many of those asked would be answered differently. `total` is everybody, `asked` the sample's size."""

    asked: int
    total: int
    shifts: tuple[Shift, ...]

    @property
    def changed(self) -> int:
        """How many of those asked would be answered differently."""
        return sum(shift.count for shift in self.shifts)

    @property
    def is_sample(self) -> bool:
        """Whether only some of all customers were asked."""
        return self.asked < self.total

    def __str__(self) -> str:
        if self.is_sample:
            share = f"{self.changed / self.asked:.1%}"
            sample = f"a sample of {self.asked:,}"
            return f"About {share} of {self.total:,} customers would be answered differently ({sample})."
        return f"{self.changed:,} of {self.total:,} customers would be answered differently."


def impact(
    *,
    people: Iterable[Person],
    total: int,
    before: Ruleset,
    after: Ruleset,
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Impact:
    """What `after` would change for `people` if each called at the moment `at`, on each line that either knows.

    A customer counts once, by the first line on which the answer differs. `progress` hears how many are done.
    """
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[str]] = {}
    asked = 0
    lines = list(_lines(before, after))
    for asked, person in enumerate(islice(people, MOST_CUSTOMERS), start=1):
        if shift := next(filter(None, (_shift(person, pair, before, after, at) for pair in lines)), None):
            counts[shift] += 1
            if len(examples.setdefault(shift, [])) < _MOST_EXAMPLES:
                examples[shift].append(person.facts.id)
        if asked % _PROGRESS_EVERY == 0:
            progress(asked)
    shifts = (Shift(*names, count, tuple(examples[names])) for names, count in counts.most_common())
    return Impact(asked, max(total, asked), tuple(shifts))


def _lines(before: Ruleset, after: Ruleset) -> Iterator[tuple[LineSpec | None, LineSpec | None]]:
    """Each line as either version has it, and the line that nobody has told us of."""
    old, new = ({line.name: line for line in ruleset.lines} for ruleset in (before, after))
    for name in dict.fromkeys([*old, *new]):
        yield old.get(name), new.get(name)
    yield None, None


def _shift(
    person: Person, lines: tuple[LineSpec | None, LineSpec | None], before: Ruleset, after: Ruleset, at: datetime
) -> tuple[str, str] | None:
    names = tuple(_answer(person, line, ruleset, at) for line, ruleset in zip(lines, (before, after), strict=True))
    return (names[0], names[1]) if names[0] != names[1] else None


def _answer(person: Person, line: LineSpec | None, ruleset: Ruleset, at: datetime) -> str:
    status = CallerStatus.BLOCKED if person.blocked else CallerStatus.KNOWN
    address = CallerAddress((person.number,), person.number) if person.number else CallerAddress()
    facts = KnownFacts(
        call=IncomingCall(),
        caller=Caller(address, status, person.facts, person.facts),
        at=at,
        line=line.name if line else None,
        line_timezone=line.timezone if line else "UTC",
        holidays=ruleset.holidays,
    )
    decision = decide(facts=facts, line=line, ruleset=ruleset)
    return decision.variant.name if decision.variant else decision.reason

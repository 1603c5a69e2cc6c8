"""For each trait that rules test, a few values that stand for all the values it can have.

A condition then is the set of representatives that it accepts, and what follows from what is a comparison of
sets. All rests on one promise, argued type by type below: where some value meets all that one rule asks of a
trait, which may be nothing, and fails one condition of another rule, a representative does so too. One too many
never makes a conclusion wrong; one too few would. Operators decide for themselves which of them they accept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain, islice, pairwise, product
from typing import Any

from assistants.operators import ValueType
from assistants.ruleset import ConditionSpec
from customers.directory import CallerStatus

# A trait's key and its parameter; the five traits that tell who is calling are one subject.
Subject = tuple[str, str]
STATUS: Subject = ("who is calling", "")

# Operators whose outcome the representatives below account for.
_UNDERSTOOD = (
    {"yes", "no", "set", "not-set"}
    | {"is", "is-not", "any-of", "none-of"}
    | {"more-than", "at-least", "less-than", "at-most", "before", "from", "between"}
    | {"contains", "not-contains", "starts-with", "not-starts-with", "ends-with"}
    | {"includes", "includes-any", "includes-all", "includes-none"}
)
# Traits that everybody has; of all others nothing may be known.
NEVER_MISSING = frozenset(
    {"line_date", "line_time", "line_weekday", "line_holiday", "customer_time", "customer_weekday", "customer_holiday"}
    | {"transport", "transfer_request", "calls_in_days"}
)
# Bounds the work: a trait with more representatives is treated as not understood.
_MOST = 2_000

# The conditions on one subject, rule by rule.
Groups = Sequence[Sequence[ConditionSpec]]


@dataclass(frozen=True, slots=True)
class Representatives:
    """The values that stand for all. `complete`: also for a value that fails conditions of several rules at once."""

    values: tuple[Any, ...]
    complete: bool = True

    @property
    def all(self) -> int:
        """The set of all of them, as bits."""
        return self.accepted(lambda _: True)

    def not_before(self, least: Any) -> "Representatives":
        """Those that stand for all values from `least` on: it takes the place of what lies before it."""
        return replace(self, values=tuple(dict.fromkeys(max(value, least) for value in self.values)))

    def accepted(self, accepts: Callable[[Any], bool]) -> int:
        """The set of those that are accepted, as bits: eight for each, since bytes are quickly made a number."""
        return int.from_bytes(bytes(map(accepts, self.values)), "little")


# Blocked callers are answered before any rule is tried.
CALLERS = Representatives(tuple(status for status in CallerStatus if status is not CallerStatus.BLOCKED))


def representatives(rules: Iterable[Sequence[ConditionSpec]]) -> dict[Subject, Representatives]:
    """The representatives of each subject that these rules' conditions test; one with too many is left out."""
    groups: defaultdict[Subject, list[list[ConditionSpec]]] = defaultdict(list)
    for conditions in rules:
        for subject, group in _by_subject(conditions).items():
            groups[subject].append(group)
    found = {subject: _representatives(subject, group) for subject, group in groups.items()}
    return {subject: few for subject, few in found.items() if few}


def is_understood(condition: ConditionSpec) -> bool:
    """Whether representatives account for this kind of condition."""
    return condition.operator.key in _UNDERSTOOD and condition.trait.type in _VALUES


def subject_of(condition: ConditionSpec) -> Subject:
    """What the condition is about."""
    return STATUS if condition.trait.key in list(CallerStatus) else (condition.trait.key, condition.parameter)


def accepts(condition: ConditionSpec) -> Callable[[Any], bool]:
    """Whether the condition holds of a representative of its subject."""
    trait, holds, expected = condition.trait.key, condition.operator.holds, condition.expected
    if subject_of(condition) == STATUS:
        return lambda status: holds(status == trait, expected)
    return lambda value: holds(value, expected)


def _by_subject(conditions: Iterable[ConditionSpec]) -> dict[Subject, list[ConditionSpec]]:
    found: defaultdict[Subject, list[ConditionSpec]] = defaultdict(list)
    for condition in filter(is_understood, conditions):
        found[subject_of(condition)].append(condition)
    return found


def _representatives(subject: Subject, groups: Groups) -> Representatives | None:
    if subject == STATUS:
        return CALLERS
    value_type = groups[0][0].trait.type
    missing = [] if subject[0] in NEVER_MISSING else [None]
    values = list(islice(chain(missing, _VALUES[value_type](groups)), _MOST + 1))
    if len(values) > _MOST:
        return None
    return Representatives(tuple(dict.fromkeys(values)), complete=_is_complete(value_type, groups))


def _is_complete(value_type: ValueType, groups: Groups) -> bool:
    """Whether the values stand also for those that fail conditions of several rules at once: lists do not, nor texts
    that contain two of those that rules want not contained."""
    unwanted = _operands(chain.from_iterable(groups), "not-contains")
    return value_type is not ValueType.LIST and len(unwanted) <= 1


def _mentioned(conditions: Iterable[ConditionSpec]) -> set[Any]:
    """The values that conditions compare with."""
    return {value for condition in conditions for value in _expected(condition)}


def _expected(condition: ConditionSpec) -> Iterable[Any]:
    match condition.expected:
        case None:
            return ()
        case frozenset() | tuple() as several:
            return several
        case one:
            return (one,)


def _operands(group: Iterable[ConditionSpec], *operators: str) -> frozenset[Any]:
    """The values with which conditions of these operators compare."""
    return frozenset(_mentioned(condition for condition in group if condition.operator.key in operators))


def _texts(groups: Groups) -> Iterator[str]:
    """Each text that is mentioned; and of what rules test beginnings and ends by, each with each (or none), between
    them all that one rule wants contained, with one text that some rule wants not contained (or none).

    Whatever text nobody mentions, one of these begins and ends with the same tested texts: those with the longest of
    them that it begins and ends with. Behind and before these stands a character that nobody mentions. It contains
    what its rule wants contained and the one text for which another rule fails, and no tested text besides those that
    are in the other text, too.
    """
    conditions = list(chain.from_iterable(groups))
    mentioned = _mentioned(conditions)
    other = _character_in_none_of(mentioned)
    starts = {"", *_operands(conditions, "starts-with", "not-starts-with")}
    wanted = {frozenset(), *(_operands(group, "contains") for group in groups)}
    unwanted = {frozenset(), *(frozenset({text}) for text in _operands(conditions, "not-contains"))}
    yield from mentioned
    for start, parts, part, end in product(starts, wanted, unwanted, {"", *_operands(conditions, "ends-with")}):
        yield other.join([start, *(parts | part), end])


def _character_in_none_of(texts: Iterable[str]) -> str:
    used = set(chain.from_iterable(texts))
    return next(character for character in map(chr, range(0xE000, 0x110000)) if character not in used)


def _lists(groups: Groups) -> Iterator[frozenset[str]]:
    """All items that are mentioned but those that one rule (or none) excludes and those of one condition, or one item.

    The more items a list has, the more it meets of all but exclusions; so the longest that fails will do.
    """
    conditions = list(chain.from_iterable(groups))
    items = frozenset(_mentioned(conditions))
    excluded = {frozenset(), *(_operands(group, "includes-none") for group in groups)}
    lacking = {frozenset(), *(frozenset(_expected(c)) for c in conditions), *(frozenset({item}) for item in items)}
    for out, lack in product(excluded, lacking):
        yield items - out - lack


def _ordered(least: Any, greatest: Any, middle: Callable[[Any, Any], Any]) -> Callable[[Groups], Iterator[Any]]:
    """Each value that is mentioned, one between each two neighbours where there is any, and one at either end."""

    def values(groups: Groups) -> Iterator[Any]:
        mentioned = sorted(_mentioned(chain.from_iterable(groups)))
        yield from (least, greatest, *mentioned)
        for low, high in pairwise(mentioned):
            between = middle(low, high)
            if low < between < high:
                yield between

    return values


def _numbers(groups: Groups) -> Iterator[float]:
    """As for all that has an order, and what is no number, which compares as false with every number."""
    yield float("nan")
    yield from _ordered(float("-inf"), float("inf"), lambda low, high: low / 2 + high / 2)(groups)


def _middle_of_times(low: time, high: time) -> time:
    start, end = (datetime.combine(date.min, clock) for clock in (low, high))
    return (start + (end - start) / 2).time()


_VALUES: dict[ValueType, Callable[[Groups], Iterable[Any]]] = {
    ValueType.TEXT: _texts,
    ValueType.LIST: _lists,
    ValueType.NUMBER: _numbers,
    ValueType.DATE: _ordered(date.min, date.max, lambda low, high: low + (high - low) / 2),
    ValueType.TIME: _ordered(time.min, time.max, _middle_of_times),
    ValueType.WEEKDAY: lambda _: range(1, 8),
    ValueType.BOOLEAN: lambda _: (True, False),
}

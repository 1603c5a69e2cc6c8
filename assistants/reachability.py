"""Rules that nobody can ever reach, and rules that contradict each other, in sentences for staff.

Whatever is reported is true; what is not understood (a new operator, say) is passed over in silence.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from assistants.representatives import Representatives, Subject, subject_of
from assistants.rule_reach import TRANSFER, Ground, RuleReach, exclude_each_other, ground_of, reach_of
from assistants.ruleset import ConditionSpec, Ruleset, RuleSpec
from assistants.values import as_text
from customers.directory import CallerStatus


class FindingKind(StrEnum):
    """What is wrong with a rule."""

    OVER = "over"
    IMPOSSIBLE = "impossible"
    SHADOWED = "shadowed"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the rule of that name, in a sentence, and the other rule's name if it is about one other."""

    rule: str
    kind: FindingKind
    sentence: str
    other: str | None = None


def findings(ruleset: Ruleset, *, at: datetime) -> list[Finding]:
    """What is wrong with the rules from `at` (aware) on, in the order of the rules; dates are in its time zone.

    For each rule at most one reason why it is never reached, and at most one contradiction.
    """
    ground = ground_of(ruleset.rules, at=at)
    found: list[Finding] = []
    earlier: list[RuleReach] = []
    for rule in ruleset.rules:
        reach = reach_of(rule, ground)
        unreachable = _over(rule, at) or _impossible(reach) or _shadowed(reach, earlier, ground)
        found += filter(None, [unreachable, _contradiction(reach, earlier)])
        if not unreachable:  # whoever such a rule would take, others take before it
            earlier.append(reach)
    return found


def _over(rule: RuleSpec, at: datetime) -> Finding | None:
    if not rule.valid_until or rule.valid_until > at:
        return None
    return Finding(rule.name, FindingKind.OVER, f"Over since {_day(rule.valid_until, at)}.")


def _impossible(reach: RuleReach) -> Finding | None:
    rule = reach.rule
    if not reach.is_empty:
        return None
    if why := _conflict(rule.conditions):
        return Finding(rule.name, FindingKind.IMPOSSIBLE, f"Can never match: {why}.")
    if not reach.lets.get(TRANSFER, True):
        why = f"an assistant that asks where to transfer gets transfers only, and “{rule.answer}” is none"
        return Finding(rule.name, FindingKind.IMPOSSIBLE, f"Can never match: {why}.")
    if rule.valid_from and rule.valid_until and rule.valid_from >= rule.valid_until:
        return Finding(rule.name, FindingKind.IMPOSSIBLE, "Can never match: its window ends before it begins.")
    return Finding(rule.name, FindingKind.OVER, "Over: all dates on which it could match have passed.")


def _shadowed(reach: RuleReach, earlier: Iterable[RuleReach], ground: Ground) -> Finding | None:
    """By one earlier rule, or by several each of which would do but for the same one subject, and together do."""
    partly: defaultdict[Subject, list[RuleReach]] = defaultdict(list)
    for other in earlier:
        if not other.unclear <= reach.unclear:
            continue
        gaps = list(islice(other.gaps(reach), 2))
        if not gaps:
            name = other.rule.name
            sentence = f"Never reached: “{name}” (tried earlier) matches everybody whom this rule could match."
            return Finding(reach.rule.name, FindingKind.SHADOWED, sentence, name)
        if len(gaps) == 1:
            partly[gaps[0]].append(other)
    return next(filter(None, (_shadowed_together(reach, s, others, ground[s]) for s, others in partly.items())), None)


def _shadowed_together(
    reach: RuleReach, subject: Subject, others: Iterable[RuleReach], values: Representatives
) -> Finding | None:
    if not values.complete:
        return None
    left, takers = reach.lets.get(subject, values.all), []
    for other in others:
        if left & other.asks[subject]:
            left &= ~other.asks[subject]
            takers.append(other.rule.name)
    if left:
        return None
    sentence = f"Never reached: {_listed(takers)} (tried earlier) together match everybody whom this rule could match."
    return Finding(reach.rule.name, FindingKind.SHADOWED, sentence)


def _contradiction(reach: RuleReach, earlier: Iterable[RuleReach]) -> Finding | None:
    """The first rule with the same conditions and another answer. One with fewer lines or a shorter window is an
    exception that staff put before the general rule, which is no contradiction."""
    for other in earlier:
        if other.has_conditions_of(reach) and other.meets(reach) and not _is_exception(other, reach):
            wins, loses = other.rule.answer, reach.rule.answer
            if wins != loses:
                sentence = (
                    f"Contradicts “{other.rule.name}”, which has the same conditions: where both apply, "
                    f"“{other.rule.name}” is tried earlier, and “{wins}” wins over “{loses}”."
                )
                return Finding(reach.rule.name, FindingKind.CONTRADICTS, sentence, other.rule.name)
    return None


def _is_exception(special: RuleReach, general: RuleReach) -> bool:
    return not any(general.gaps(special)) and any(special.gaps(general))


def _conflict(conditions: Sequence[ConditionSpec]) -> str:
    """Why these conditions never hold together: as few of them as will do; "" where they can."""
    if not exclude_each_other(conditions):
        return ""
    needed = list(conditions)
    for condition in conditions:
        without = [other for other in needed if other is not condition]
        if exclude_each_other(without):
            needed = without
    return _in_words(needed)


def _in_words(conflict: Sequence[ConditionSpec]) -> str:
    quoted = _listed(condition.sentence for condition in conflict)
    match conflict:
        case [one] if one.trait.key == CallerStatus.BLOCKED:
            return "blocked callers are answered before any rule is tried"
        case [_]:
            return f"{quoted} never holds"
        case [one, other] if one.operator.key == other.operator.key == "is" and subject_of(one) == subject_of(other):
            values = " and ".join(f"“{as_text(condition.expected)}”" for condition in conflict)
            name = f" “{one.parameter}”" if one.trait.parameter else ""
            return f"{one.trait.label}{name} cannot be both {values}"
        case [_, _]:
            return f"{quoted} cannot both hold"
        case _:
            return f"{quoted} cannot all hold"


def _listed(names: Iterable[str]) -> str:
    *first, last = (f"“{name}”" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _day(moment: datetime, at: datetime) -> str:
    return moment.astimezone(at.tzinfo).date().isoformat()

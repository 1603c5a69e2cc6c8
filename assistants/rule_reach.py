"""Whom a rule takes, as sets of representatives: one set for each subject that the rule tests.

The lines that a rule is for and its window are subjects like the traits in its conditions. One rule takes all
callers of another if, of each subject that it tests, it takes all that the other lets through.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assistants.representatives import (
    CALLERS,
    STATUS,
    Representatives,
    Subject,
    accepts,
    is_understood,
    representatives,
    subject_of,
)
from assistants.ruleset import ConditionSpec, RuleSpec
from assistants.transfers import transfers_calls
from customers.directory import CallerStatus

LINE: Subject = ("which line", "")
MOMENT: Subject = ("when", "")
# Rules that transfer calls answer at their beginning and in their midst; all others at their beginning only.
TRANSFER: Subject = ("transfer_request", "")
SCOPES = {LINE, MOMENT, TRANSFER}
# Dates that have passed never come back.
DAY: Subject = ("line_date", "")

# The representatives of all that a ruleset's rules test.
Ground = Mapping[Subject, Representatives]
# A set of representatives for each subject, as bits; a subject that is left out may have any value.
Sets = dict[Subject, int]
_ANYTHING = -1

# Who must be calling for a trait to be known at all: a customer's facts are read for that customer only, what
# the owners of a shared number agree on for them too, and a withheld number has no country.
_PERSONAL = ("name", "tags", "joined_on", "days_since_joining", "email", "email_domain", "customer_id")
_LAST_CALL = (
    *("minutes_since_last_call", "days_since_last_call", "last_call_ended", "last_call_ended_reason"),
    *("last_call_summary", "last_call_promise"),
)
_ATTRIBUTES = ("attribute", "attribute_number", "attribute_date", "attribute_flag", "attribute_list")
ONLY_KNOWN_OF = {
    **dict.fromkeys((*_PERSONAL, *_LAST_CALL, *_ATTRIBUTES), frozenset({CallerStatus.KNOWN})),
    **dict.fromkeys(("tier", "language"), frozenset({CallerStatus.KNOWN, CallerStatus.AMBIGUOUS})),
    **dict.fromkeys(
        ("country", "number"), frozenset({CallerStatus.KNOWN, CallerStatus.AMBIGUOUS, CallerStatus.UNKNOWN})
    ),
}
_WHO_HAS = {trait: CALLERS.accepted(callers.__contains__) for trait, callers in ONLY_KNOWN_OF.items()}
# Nothing known (None) is the first representative of each of these traits: the set that holds it alone.
_MISSING = 1


@dataclass(frozen=True, slots=True)
class RuleReach:
    """Whom a rule takes. `asks` is what it tests, `lets` is that and what follows from it.

    `unclear` stands for the conditions that we do not understand, each of which follows from itself only.
    """

    rule: RuleSpec
    asks: Sets
    lets: Sets
    unclear: frozenset[Any]

    @property
    def is_empty(self) -> bool:
        """Whether it surely takes nobody."""
        return not all(self.lets.values())

    def gaps(self, other: "RuleReach") -> Iterator[Subject]:
        """The subjects of which `other` lets through what this rule does not take."""
        return (subject for subject, asked in self.asks.items() if other.lets.get(subject, _ANYTHING) & ~asked)

    def meets(self, other: "RuleReach") -> bool:
        """Whether the two are meant for one line at one moment of a call."""
        return all(self.lets.get(scope, _ANYTHING) & other.lets.get(scope, _ANYTHING) for scope in SCOPES)

    def has_conditions_of(self, other: "RuleReach") -> bool:
        """Whether the same callers meet the conditions of both, whatever their wording and order."""
        subjects = (self.asks.keys() | other.asks.keys()) - SCOPES
        return self.unclear == other.unclear and all(self.asks.get(s) == other.asks.get(s) for s in subjects)


def ground_of(rules: Sequence[RuleSpec], *, at: datetime) -> Ground:
    """The representatives of all that these rules test from `at` on. The line None is any that no rule names."""
    lines = sorted({line for rule in rules for line in rule.lines})
    turns = {moment for rule in rules for moment in (rule.valid_from, rule.valid_until) if moment and moment > at}
    scopes = {
        LINE: Representatives((None, *lines)),
        MOMENT: Representatives((at, *turns)),
        TRANSFER: Representatives((True, False)),
    }
    found = representatives(rule.conditions for rule in rules)
    return found | scopes | ({DAY: found[DAY].not_before(_first_day(at))} if DAY in found else {})


def _first_day(at: datetime) -> date:
    """The earliest day that it still is somewhere."""
    return (at.astimezone(UTC) - timedelta(hours=12)).date()


def reach_of(rule: RuleSpec, ground: Ground) -> RuleReach:
    """Whom the rule takes."""
    asks = _asked_by(rule.conditions, ground)
    asks[MOMENT] = ground[MOMENT].accepted(lambda moment: _is_valid(rule, moment))
    if not transfers_calls(rule):
        asks[TRANSFER] = asks.get(TRANSFER, _ANYTHING) & ground[TRANSFER].accepted(lambda asked_for: not asked_for)
    if rule.lines:
        asks[LINE] = ground[LINE].accepted(rule.lines.__contains__)
    asks = {subject: asked for subject, asked in asks.items() if asked != ground[subject].all}
    unclear = frozenset(_identity(condition) for condition in rule.conditions if not _is_clear(condition, ground))
    return RuleReach(rule, asks, asks | _consequences(asks, ground), unclear)


def exclude_each_other(conditions: Sequence[ConditionSpec]) -> bool:
    """Whether these conditions surely never hold together."""
    ground = representatives([conditions])
    asks = _asked_by(conditions, ground)
    return not all((asks | _consequences(asks, ground)).values())


def _asked_by(conditions: Iterable[ConditionSpec], ground: Ground) -> Sets:
    asks: Sets = {}
    for condition in conditions:
        if _is_clear(condition, ground):
            subject = subject_of(condition)
            asks[subject] = asks.get(subject, _ANYTHING) & ground[subject].accepted(accepts(condition))
    return asks


def _is_clear(condition: ConditionSpec, ground: Ground) -> bool:
    return is_understood(condition) and subject_of(condition) in ground


def _is_valid(rule: RuleSpec, moment: datetime) -> bool:
    return (not rule.valid_from or rule.valid_from <= moment) and (not rule.valid_until or moment < rule.valid_until)


def _consequences(asks: Sets, ground: Ground) -> Sets:
    """Who can be calling where such facts are known, and which facts are missing where such a caller calls."""
    callers = asks.get(STATUS, CALLERS.all)
    for subject, asked in asks.items():
        if not asked & _MISSING:
            callers &= _WHO_HAS.get(subject[0], _ANYTHING)
    nobody_has = [subject for subject in ground if not callers & _WHO_HAS.get(subject[0], _ANYTHING)]
    return {STATUS: callers} | {subject: asks.get(subject, _ANYTHING) & _MISSING for subject in nobody_has}


def _identity(condition: ConditionSpec) -> tuple[Any, ...]:
    return condition.trait.key, condition.parameter, condition.operator.key, condition.expected

"""Who would be answered differently: the same call decided by two rulesets, side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from assistants.facts import KnownFacts
from assistants.incoming import IncomingCall
from assistants.replies import assistant_reply
from assistants.routing import RoutingDecision, decide
from assistants.ruleset import NO_SWITCHES, LineSpec, Ruleset, RuleSpec, Switches
from customers.directory import Caller

_READS_THE_LINE = "line"
_WITHOUT_VARIANT = {"blocked": "the built-in refusal", "apology": "an apology"}


@dataclass(frozen=True, slots=True)
class Side:
    """All that can decide calls on one line by one version, at one moment, and nothing else.

    Two sides are equal only if they answer every caller alike.
    """

    line: LineSpec
    ruleset: Ruleset


@dataclass(frozen=True, slots=True)
class Comparison:
    """A line, or several on which the same is true, as it decides before and after; "" is a line unknown to both."""

    lines: tuple[str, ...]
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Shift:
    """Who answered before and who would after; the same name twice where a variant says something else."""

    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}, changed" if self.before == self.after else f"{self.before} → {self.after}"


def comparisons(*, before: Ruleset, after: Ruleset, at: datetime, switches: Switches = NO_SWITCHES) -> list[Comparison]:
    """The lines on which anybody could be answered differently at the moment `at`; none, if nobody could."""
    before_rules, after_rules = _open_rules(before, at), _open_rules(after, at)
    found: list[Comparison] = []
    for old, new in _paired_lines(before, after):
        sides = _side(old, before, before_rules, switches), _side(new, after, after_rules, switches)
        if sides[0] != sides[1]:
            line = new or old
            _add(found, Comparison((line.name if line else "",), *sides))
    return found


def comparison_on(line: str, *, before: Ruleset, after: Ruleset) -> Comparison:
    """The line that callers hear under this name, and what it becomes, at whatever moment; "" is an unknown line."""
    pairs = [pair for pair in _paired_lines(before, after) if any(each and each.name == line for each in pair)]
    # A name may have gone from one line to another: what callers hear is what the call's record can mean.
    old, new = min(pairs, key=lambda pair: pair[0] is None or pair[0].name != line, default=(None, None))
    return Comparison((line,), _whole_side(old, before), _whole_side(new, after))


def first_shift(
    *, callers: Iterable[Caller], among: Iterable[Comparison], at: datetime, switches: Switches = NO_SWITCHES
) -> Shift | None:
    """How the answer differs for the first of `callers` on the first line where it does; None if it nowhere does.

    The callers are one customer's numbers, each looked up; a past call is one caller, its line and its moment.
    """
    among = list(among)
    shifts = (_shift(caller, each, at, switches) for caller in callers for each in among)
    return next(filter(None, shifts), None)


def _open_rules(ruleset: Ruleset, at: datetime) -> list[tuple[RuleSpec, frozenset[str]]]:
    """The rules whose window is open, without it and without their lines, which stand beside them."""
    return [
        (replace(rule, lines=frozenset(), valid_from=None, valid_until=None), rule.lines)
        for rule in ruleset.rules
        if (rule.valid_from is None or rule.valid_from <= at) and (rule.valid_until is None or at < rule.valid_until)
    ]


def _paired_lines(before: Ruleset, after: Ruleset) -> Iterator[tuple[LineSpec | None, LineSpec | None]]:
    """Each line as either version has it, by what a call names it with, and the line that neither knows."""
    kept = set()
    for new in after.lines:
        addresses = (new.vapi_id, new.number, new.sip_uri)
        old = next(filter(None, map(before.lines_by_address.get, filter(None, addresses))), None)
        kept.add(old.name if old else None)
        yield old, new
    yield from ((old, None) for old in before.lines if old.name not in kept)
    yield None, None


def _side(
    line: LineSpec | None, ruleset: Ruleset, rules: list[tuple[RuleSpec, frozenset[str]]], switches: Switches
) -> Side:
    name = line.name if line else None
    here = tuple(rule for rule, lines in rules if not lines or name in lines)
    reads_line = any(condition.trait.key == _READS_THE_LINE for rule in here for condition in rule.conditions)
    pins = [*switches.pinned_customers.values(), *switches.pinned_addresses.values()]
    return Side(
        line=LineSpec(name=(name or "") if reads_line else "", timezone=line.timezone if line else "UTC"),
        ruleset=Ruleset(
            version=0,
            rules=here,
            variants={pinned: ruleset.variants[pinned] for pinned, _ in pins if pinned in ruleset.variants},
            holidays=ruleset.holidays,
            fallback=(line.fallback if line else None) or ruleset.fallback,
            refusal=ruleset.refusal,
        ),
    )


def _whole_side(line: LineSpec | None, ruleset: Ruleset) -> Side:
    """The line with all rules, each with its window and its lines."""
    return Side(
        line=LineSpec(name=line.name if line else "", timezone=line.timezone if line else "UTC"),
        ruleset=replace(ruleset, fallback=(line.fallback if line else None) or ruleset.fallback),
    )


def _add(found: list[Comparison], new: Comparison) -> None:
    """Lines on which the same is true are asked once."""
    for position, known in enumerate(found):
        if (known.before, known.after) == (new.before, new.after):
            found[position] = replace(known, lines=known.lines + new.lines)
            return
    found.append(new)


def _shift(caller: Caller, compared: Comparison, at: datetime, switches: Switches) -> Shift | None:
    known, known_after = _facts(caller, compared.before, at), _facts(caller, compared.after, at)
    if known_after == known:  # what one version has read of them need not be read anew
        known_after = known
    before = decide(facts=known, line=None, ruleset=compared.before.ruleset, switches=switches)
    after = decide(facts=known_after, line=None, ruleset=compared.after.ruleset, switches=switches)
    if before.variant == after.variant and compared.before.line == compared.after.line:
        return None
    shift = Shift(_answer(before), _answer(after))
    return shift if shift.before != shift.after or _heard(before) != _heard(after) else None


def _facts(caller: Caller, side: Side, at: datetime) -> KnownFacts:
    return KnownFacts(
        call=IncomingCall(),
        caller=caller,
        at=at,
        line=side.line.name or None,
        line_timezone=side.line.timezone,
        holidays=side.ruleset.holidays,
    )


def _answer(decision: RoutingDecision) -> str:
    return decision.variant.name if decision.variant else _WITHOUT_VARIANT.get(decision.reason, decision.reason)


def _heard(decision: RoutingDecision) -> bytes:
    """The answer's bytes, whichever rule and version gave it."""
    return orjson.dumps(assistant_reply(replace(decision, rule=None, version=0), decision_id=""))

"""A difference between two documents as staff read it before they publish: what was, and what will be."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.admin.facts_in_words import facts_in_words
from assistants.admin.places import Places
from assistants.differences import Change, ChangeKind, differences
from assistants.document import SECTIONS, Document

_TITLES = {
    "site": "Site settings",
    "holidays": "Holidays",
    "lines": "Lines",
    "variants": "Variants",
    "rules": "Rules",
}
# Shorter texts are read side by side; in longer ones only the words that differ are worth reading.
_LONG = 60
_WORDS_AROUND = 6
_MOST_WORDS = 20_000
# What goes without saying of a rule that came or went.
_ORDINARY = {("enabled", "yes"), ("lines", "every line")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a long text: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One fact before and after, either empty where there is none; for long texts also the pieces that differ."""

    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One line, variant, rule …, its page in the admin (empty if it has none any more), and what differs."""

    name: str
    kind: ChangeKind
    url: str
    values: tuple[ShownValue, ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """All that differs among the lines, among the variants …"""

    title: str
    changes: tuple[ShownChange, ...]


def shown_changes(before: Document, after: Document) -> list[ShownGroup]:
    """All that differs, grouped as staff think of it; empty if nothing does."""
    places, found = Places(), {section: list[ShownChange]() for section in SECTIONS}
    for change in differences(before, after):
        section = change.section
        old, new = (_facts(document, section, change) for document in (before, after))
        values = tuple(_values(facts_in_words(section, old), facts_in_words(section, new)))
        name = change.name or _TITLES[section]
        found[section].append(ShownChange(name, change.kind, places.url(section, change.name), values))
    return [ShownGroup(_TITLES[section], tuple(changes)) for section, changes in found.items() if changes]


def _facts(document: Document, section: str, change: Change) -> Any:
    facts = document.get(section, {})
    return facts if section == "site" else facts.get(change.name, {})


def _values(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ShownValue]:
    for label in [*before, *(label for label in after if label not in before)]:
        old, new = before.get(label, ""), after.get(label, "")
        if old and new and old != new:
            yield ShownValue(label, old, new, _pieces(old, new))
        elif old != new and (label, old or new) not in _ORDINARY:
            yield ShownValue(label, old, new)


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one, with what went and what came; none where they are short or have little in common."""
    old, new = (re.findall(r"\s*\S+", text) for text in (before, after))
    if max(len(before), len(after)) < _LONG or len(old) + len(new) > _MOST_WORDS:
        return ()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < 0.3:
        return ()
    steps = matcher.get_opcodes()
    return tuple(piece for number, step in enumerate(steps) for piece in _step(step, old, new, number, len(steps) - 1))


def _step(step: tuple[str, int, int, int, int], old: list[str], new: list[str], number: int, last: int) -> list[Piece]:
    kind, old_from, old_to, new_from, new_to = step
    if kind == "equal":
        return [Piece("same", _shortened(old[old_from:old_to], is_first=number == 0, is_last=number == last))]
    both = (Piece("gone", "".join(old[old_from:old_to]).strip()), Piece("new", "".join(new[new_from:new_to]).strip()))
    return [piece for piece in both if piece.text]


def _shortened(words: Sequence[str], *, is_first: bool, is_last: bool) -> str:
    """The words around a difference; what lies between is an ellipsis."""
    before, after = (0 if is_first else _WORDS_AROUND), (0 if is_last else _WORDS_AROUND)
    if len(words) <= before + after + 1:
        return "".join(words)
    return f"{''.join(words[:before])} … {''.join(words[len(words) - after :])}"

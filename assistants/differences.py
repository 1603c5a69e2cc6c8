"""What differs between two documents, in words that staff read before they publish."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistants.document import SECTIONS

_SINGULAR = {
    "site": "site settings",
    "holidays": "holiday list",
    "lines": "line",
    "variants": "variant",
    "rules": "rule",
}
_NOTHING = object()


class ChangeKind(StrEnum):
    """What happened to a line, variant, rule …"""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Detail:
    """One value inside that differs: its path, and both values; None where there is none."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One named thing that differs, in this section of the document."""

    section: str
    name: str
    kind: ChangeKind
    details: tuple[Detail, ...] = ()

    @property
    def what(self) -> str:
        """The word for one thing of its section, such as `rule`."""
        return _SINGULAR[self.section]

    def __str__(self) -> str:
        return f"{self.what} “{self.name}” {self.kind}" if self.name else f"{self.what} {self.kind}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What was added, removed and changed from one document to the other, section by section."""
    return [
        change for section in SECTIONS for change in _section(section, before.get(section, {}), after.get(section, {}))
    ]


def _section(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if section == "site":
        if before != after:
            yield Change(section, "", ChangeKind.CHANGED, tuple(_details("", before, after)))
        return
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            yield Change(section, name, ChangeKind.REMOVED)
        elif name not in before:
            yield Change(section, name, ChangeKind.ADDED, tuple(_details("", {}, after[name])))
        elif before[name] != after[name]:
            yield Change(section, name, ChangeKind.CHANGED, tuple(_details("", before[name], after[name])))


def _details(path: str, before: Any, after: Any) -> Iterator[Detail]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _details(f"{path}.{key}" if path else key, before.get(key, _NOTHING), after.get(key, _NOTHING))
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        for position in range(max(len(before), len(after))):
            yield from _details(f"{path}[{position}]", _item(before, position), _item(after, position))
    else:
        yield Detail(path, None if before is _NOTHING else before, None if after is _NOTHING else after)


def _item(values: list[Any], position: int) -> Any:
    return values[position] if position < len(values) else _NOTHING

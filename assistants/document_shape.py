"""The shape of a document: which keys there are, and what type their values have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from django.utils.dateparse import parse_datetime

from assistants.document import SECTIONS
from assistants.models import AssistantVariant, Variable
from assistants.operators import OPERATORS
from assistants.traits import SPOKEN_TRAITS, TRAITS

Path = tuple[str | int, ...]
Kind = AssistantVariant.Kind

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (`variants`, `VIP desk`, `vapi_id`) and a sentence.

    `inside` goes on from there where the sentence itself names the rest of the way (`model`, `provider`).
    """

    path: Path
    sentence: str
    inside: Path = ()

    @property
    def where(self) -> str:
        """Its place for people: `rules / Gold / condition 1 / value`."""
        return " / ".join(_steps(self.path))

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.path else self.sentence


def _steps(path: Path) -> Iterator[str]:
    for step, following in zip_longest(path, path[1:]):
        match step, following:
            case str(), int():
                yield f"{step.removesuffix('s')} {following + 1}"
            case str(), _:
                yield step


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_NAME and value.isprintable()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**31 - 1


def _is_weights(value: Any) -> bool:
    return _is_object(value) and all(_is_count(weight) and weight > 0 for weight in value.values())


def _is_moment(value: Any) -> bool:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None


def _is_dates(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(day, str) and _is_date(day) for day in value)


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_one_of(words: Iterable[str]) -> Callable[[Any], bool]:
    known = frozenset(words)
    return lambda value: isinstance(value, str) and value in known


Shape = Mapping[str, tuple[Callable[[Any], bool], str]]
_TEXT = (_is_text, "a text")
_NAME = (_is_name, "a name of 1 to 100 characters")
_OBJECT = (_is_object, "an object")
_FLAG = (_is_flag, "true or false")
_TEXTS = (lambda value: isinstance(value, list) and all(map(_is_text, value)), "a list of texts")
_MOMENT = (_is_moment, "a time with its zone, such as 2026-03-31T09:00:00+00:00")

_SPOKEN = [trait.key for trait in SPOKEN_TRAITS]
_SITE: Shape = {"fallback": _NAME, "refusal": _NAME}
_LINE: Shape = {
    "number": _TEXT,
    "sip_uri": _TEXT,
    "vapi_id": _TEXT,
    "region": _TEXT,
    "timezone": _TEXT,
    "fallback": _NAME,
}
_VARIANT: Shape = {
    "kind": (_is_one_of(Kind.values), f"one of {', '.join(Kind.values)}"),
    "vapi_id": _TEXT,
    "document": _OBJECT,
    "overrides": _OBJECT,
    "reports_here": _FLAG,
    "transfer_to": _TEXT,
    "transfer_caller_id": _TEXT,
    "transfer_extension": _TEXT,
    "transfer_sip_headers": _OBJECT,
    "refusal_texts": _OBJECT,
    "variables": _OBJECT,
}
_VARIABLE: Shape = {
    "trait": (_is_one_of(_SPOKEN), f"a trait that can be spoken: {', '.join(_SPOKEN)}"),
    "parameter": _TEXT,
    "format": _TEXT,
    "format_argument": _TEXT,
    "default": (
        lambda value: isinstance(value, str) and 0 < len(value.strip()) <= 500,
        "a text of 1 to 500 characters",
    ),
    "disclosure": (_is_one_of(Variable.Disclosure.values), "open or verified"),
    "in_metadata": _FLAG,
}
_RULE: Shape = {
    "priority": (_is_count, "a whole number from 0"),
    "enabled": _FLAG,
    "lines": _TEXTS,
    "valid_from": _MOMENT,
    "valid_until": _MOMENT,
    "conditions": (lambda value: isinstance(value, list), "a list"),
    "variant": _NAME,
    "split": (_is_weights, "an object of variants and their weights, whole numbers from 1"),
}
_CONDITION: Shape = {
    "trait": (_is_one_of(TRAITS), f"one of the traits {', '.join(TRAITS)}"),
    "parameter": _TEXT,
    "operator": (_is_one_of(OPERATORS), f"one of the operators {', '.join(OPERATORS)}"),
    "value": _TEXT,
}


def shape_problems(document: Any) -> Iterator[Problem]:
    """What is wrong with the document's keys and types, before anybody asks what they mean."""
    if not _is_object(document):
        yield Problem((), f"The document must be an object with {', '.join(SECTIONS)}.")
        return
    yield from _keys((), document, dict.fromkeys(SECTIONS, _OBJECT))
    if any(not _is_object(document.get(section, {})) for section in SECTIONS):
        return
    yield from _keys(("site",), document.get("site", {}), _SITE)
    yield from _named(document, "holidays", lambda path, dates: _typed(path, dates, (_is_dates, "a list of dates")))
    yield from _named(document, "lines", lambda path, line: _keys(path, line, _LINE))
    yield from _named(document, "variants", _variant_shape)
    yield from _named(document, "rules", _rule_shape)


def _named(
    document: Mapping[str, Any], section: str, check: Callable[[Path, Any], Iterable[Problem]]
) -> Iterator[Problem]:
    for name, value in document.get(section, {}).items():
        if not _is_name(name):
            yield Problem((section, name), "A name has 1 to 100 characters, none of them invisible.")
        yield from check((section, name), value)


def _variant_shape(path: Path, variant: Any) -> Iterator[Problem]:
    found = list(_keys(path, variant, _VARIANT, needed=("kind",)))
    yield from found
    if not found:
        for name, variable in variant.get("variables", {}).items():
            yield from _keys((*path, "variables", name), variable, _VARIABLE, needed=("trait", "default"))


def _rule_shape(path: Path, rule: Any) -> Iterator[Problem]:
    found = list(_keys(path, rule, _RULE, needed=("priority",)))
    yield from found
    if not found:
        for position, condition in enumerate(rule.get("conditions", [])):
            yield from _keys((*path, "conditions", position), condition, _CONDITION, needed=("trait", "operator"))


def _keys(path: Path, value: Any, shape: Shape, needed: Iterable[str] = ()) -> Iterator[Problem]:
    if not _is_object(value):
        yield Problem(path, "This must be an object.")
        return
    for key in value.keys() - shape.keys():
        yield Problem((*path, key), f"There is no such key here: use one of {', '.join(shape)}.")
    for key in needed:
        if key not in value:
            yield Problem(path, f"“{key}” is missing.")
    for key in shape.keys() & value.keys():
        yield from _typed((*path, key), value[key], shape[key])


def _typed(path: Path, value: Any, wanted: tuple[Callable[[Any], bool], str]) -> Iterator[Problem]:
    is_right, description = wanted
    if not is_right(value):
        yield Problem(path, f"This must be {description}.")

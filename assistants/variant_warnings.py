"""What staff should look at in a variant, though it can be published."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistants.document_shape import Kind
from assistants.placeholders import harmless
from assistants.prompt_names import VAPI_NAMES, names_learned, names_mentioned, names_to_fill
from assistants.reports_reach_us import report_warnings
from assistants.vapi_schema import SchemaProblem, check_assistant, check_overrides, check_squad

Facts = Mapping[str, Any]

_WHOLE = {Kind.WHOLE_ASSISTANT, Kind.WHOLE_SQUAD}
_CHECKS = {Kind.WHOLE_ASSISTANT: check_assistant, Kind.WHOLE_SQUAD: check_squad}
# Keys by which a whole assistant or squad refers to what is saved at Vapi, of which we do not know what it says.
_SAVED_ELSEWHERE = frozenset({"assistantId", "squadId", "toolIds", "workflowId"})


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of a variant's texts: which, in words, and the names that are filled there."""

    where: str
    texts: Any
    filled: frozenset[str]


def variant_warnings(variant: Facts) -> Iterator[str]:
    """Sentences about one variant in the document's form, which must be free of problems (see checking.py)."""
    match variant["kind"]:
        case Kind.REFUSAL:
            yield from _refusal(variant)
        case Kind.TRANSFER:
            return
        case _:
            for check in (_unfilled, _unused, _reserved, _defaults, _unknown_to_vapi, report_warnings):
                yield from check(variant)


def _refusal(variant: Facts) -> Iterator[str]:
    for language, text in variant.get("refusal_texts", {}).items():
        if names_mentioned(text):
            yield f"The text in “{language}” is said as it stands, with its braces: a refusal has no variables."


def _unfilled(variant: Facts) -> Iterator[str]:
    for part in _parts(variant):
        missing = [name for name in names_to_fill(part.texts) if name not in part.filled]
        if missing:
            names = ", ".join(_in_braces(name) + _hint(name, part.filled) for name in missing)
            yield f"Nothing fills {names}{part.where}: callers will hear a gap there. Add a variable of that name."


def _parts(variant: Facts) -> Iterator[_Part]:
    document, overrides = variant.get("document", {}), variant.get("overrides", {})
    filled = frozenset(variant.get("variables", {})) | frozenset(overrides.get("variableValues", {}))
    if variant["kind"] != Kind.WHOLE_SQUAD:
        yield _Part("", [document, overrides], filled)
        return
    filled |= names_learned(document)  # what one member learns, the next one knows
    filled |= frozenset(_values_in(document.get("membersOverrides")))
    yield _Part("", [{key: value for key, value in document.items() if key != "members"}, overrides], filled)
    for position, member in enumerate(document.get("members", []), start=1):
        own = frozenset(_values_in(member.get("assistantOverrides")))
        name = (member.get("assistant") or {}).get("name") or member.get("assistantId") or position
        yield _Part(f" in the member “{name}”", member, filled | own)


def _values_in(overrides: Any) -> Iterable[str]:
    values = overrides.get("variableValues") if isinstance(overrides, dict) else None
    return values if isinstance(values, dict) else ()


def _hint(name: str, filled: Iterable[str]) -> str:
    by_lower_case = {each.lower(): each for each in filled}
    close = difflib.get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.8)
    return f" (did you mean {_in_braces(by_lower_case[close[0]])}?)" if close else ""


def _unused(variant: Facts) -> Iterator[str]:
    document = variant.get("document", {})
    if variant["kind"] not in _WHOLE or _refers_to_saved(document):
        return
    mentioned = names_mentioned([document, variant.get("overrides", {})])
    for name, variable in variant.get("variables", {}).items():
        if name not in mentioned and not variable.get("in_metadata"):
            yield f"Nothing uses the variable “{name}”: write {_in_braces(name)} where it shall be heard, or remove it."


def _refers_to_saved(value: Any) -> bool:
    match value:
        case dict():
            return any(value.get(key) for key in _SAVED_ELSEWHERE) or any(map(_refers_to_saved, value.values()))
        case list():
            return any(map(_refers_to_saved, value))
        case _:
            return False


def _reserved(variant: Facts) -> Iterator[str]:
    for name in variant.get("overrides", {}).get("variableValues", {}):
        if name in VAPI_NAMES:
            yield f"Vapi fills {_in_braces(name)} itself: choose another name in the overrides' variableValues."


def _defaults(variant: Facts) -> Iterator[str]:
    for name, variable in variant.get("variables", {}).items():
        heard = harmless(variable["default"])
        if not heard.strip():
            yield f"The default of “{name}” has only characters that nobody hears: callers will hear a gap there."
        elif heard != variable["default"]:
            yield f"The default of “{name}” is said as “{heard}”: braces and invisible characters cannot be sent."


def _unknown_to_vapi(variant: Facts) -> Iterator[str]:
    if check := _CHECKS.get(variant["kind"]):
        yield from _warnings("the JSON", check(variant["document"]))
    if variant.get("overrides"):
        yield from _warnings("the overrides", check_overrides(variant["overrides"]))


def _warnings(where: str, problems: Iterable[SchemaProblem]) -> Iterator[str]:
    return (f"In {where}, {problem}" for problem in problems if problem.is_warning)


def _in_braces(name: str) -> str:
    return f"{{{{{name}}}}}"

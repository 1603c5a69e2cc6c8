"""The document as YAML, for git: stable order, long texts readable, errors with their line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from assistants.checking import problems
from assistants.document import SECTIONS, Document
from assistants.document_shape import Problem, shape_problems

_WIDTH = 110


class UnreadableFile(ValueError):
    """The file holds no document; each sentence names its line where there is one."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


@dataclass(frozen=True, slots=True)
class IdMap:
    """Ids at Vapi by the name or id that stands in the file, so that one file serves staging and production."""

    ids: Mapping[str, str]

    def apply(self, document: Document) -> None:
        """Replaces ids in `document`: of a variant by its name or by the id that stands there, of a line likewise."""
        for section in ("variants", "lines"):
            for name, facts in document.get(section, {}).items():
                replacement = self.ids.get(name) or self.ids.get(facts.get("vapi_id", ""))
                if replacement and "vapi_id" in facts:
                    facts["vapi_id"] = replacement


def dump(document: Document) -> str:
    """The document as YAML text; the same document gives the same text."""
    stream = StringIO()
    _yaml().dump(_readable(document), stream)
    return stream.getvalue()


def load(text: str, *, ids: IdMap | None = None, onto: Document | None = None) -> Document:
    """The document that a YAML text holds; it may name what stands in `onto`, the document that it is laid over.

    Raises UnreadableFile with everything that is wrong in it.
    """
    parsed, document = _parse(text)
    if found := list(shape_problems(document)):
        raise UnreadableFile([_located(parsed, problem) for problem in found])
    if ids:
        ids.apply(document)
    whole = {section: (onto or {}).get(section, {}) | document.get(section, {}) for section in SECTIONS}
    if found := problems(whole):
        raise UnreadableFile([_located(parsed, problem) for problem in found])
    return dict(document)


def load_ids(text: str) -> IdMap:
    """The ids that a YAML text of `name: id` holds. Raises UnreadableFile."""
    _, ids = _parse(text)
    if not isinstance(ids, dict) or not all(isinstance(value, str) for value in ids.values()):
        raise UnreadableFile(["The file of ids must hold lines such as `VIP desk: asst_…`."])
    return IdMap(ids)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _parse(text: str) -> tuple[Any, Any]:
    """As the parser has it, which knows the lines, and as plain values."""
    try:
        parsed = _yaml().load(text)
        return parsed, _plain(parsed)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        what = (error.problem or "it cannot be read").split("\n")[0]
        raise UnreadableFile([f"{line}This is not YAML as it should be: {what}."]) from error
    except RecursionError as error:
        raise UnreadableFile(["This is nested too deeply."]) from error
    except (YAMLError, ValueError) as error:
        raise UnreadableFile([f"This is not YAML: {str(error).splitlines()[0]}."]) from error


def _readable(value: Any) -> Any:
    """Texts of several lines as blocks, in which a prompt reads as it was written."""
    match value:
        case dict():
            return {key: _readable(inner) for key, inner in value.items()}
        case list():
            return [_readable(inner) for inner in value]
        case str() if "\n" in value and all(line == line.rstrip() and line.isprintable() for line in value.split("\n")):
            return LiteralScalarString(value)
        case _:
            return value


def _plain(value: Any) -> Any:
    """The parser's own types as plain ones; dates that somebody wrote without quotes as text."""
    match value:
        case Mapping():
            return {
                str(key) if isinstance(key, int | float | date) else key: _plain(inner) for key, inner in value.items()
            }
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case bool() | None:
            return value
        case datetime() | date():
            return value.isoformat()
        case str():
            return str(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case _:
            return value


def _located(parsed: Any, problem: Problem) -> str:
    """The problem with the line of the innermost part of its path that stands in the file."""
    place, line = parsed, None
    for key in (*problem.path, *problem.inside):
        if isinstance(place, CommentedMap) and key in place:
            line = place.lc.key(key)[0] + 1
        elif isinstance(place, CommentedSeq) and isinstance(key, int) and key < len(place):
            line = place.lc.item(key)[0] + 1
        else:
            break
        place = place[key]
    return f"line {line}: {problem}" if line else str(problem)

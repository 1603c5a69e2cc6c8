"""The names that a prompt uses between {{ and }}, and those that Vapi fills itself."""

import re
from collections.abc import Iterator
from typing import Any

# https://docs.vapi.ai/assistants/dynamic-variables (default variables), and what Vapi's templates see of the call.
VAPI_NAMES = frozenset(
    {"now", "currentDateTime", "date", "time", "month", "day", "year"}
    | {"customer", "phoneNumber", "call", "transport", "assistant", "messages", "transcript", "prompt"}
)
# What Vapi fills in some places only, such as the prompts of an analysis plan (descriptions in Vapi's SDK).
_FILLED_IN_PLACES = frozenset(
    {"systemPrompt", "endedReason", "callEndedReason", "startedAt", "endedAt", "duration", "schema", "rubric"}
    | {"structuredOutput", "tool", "org", "query_name", "sampleRate"}
)

_NAME = r"([A-Za-z_][A-Za-z0-9_]*)"
_USED = re.compile(r"\{\{-?\s*" + _NAME)
# Liquid's own variables: {% assign x = … %}, {% capture x %}, {% for x in … %}.
_MADE = re.compile(r"\{%-?\s*(?:assign|capture|for|tablerow|increment|decrement)\s+" + _NAME)
# Whatever stands in an expression or a tag, which may be never closed.
_LIQUID = re.compile(r"\{[{%].*?(?:[%}]\}|\Z)", re.DOTALL)
# What Liquid knows without being told: literals, and the state of a loop.
_LITERALS = frozenset({"true", "false", "nil", "null", "empty", "blank", "forloop", "tablerowloop"})


def names_to_fill(document: Any) -> list[str]:
    """The names in the strings of a JSON document that only variables of ours can fill, in the order of their use."""
    texts = list(_strings(document))
    made = {name for text in texts for name in _MADE.findall(text)} | names_learned(document)
    used = dict.fromkeys(name for text in texts for name in _USED.findall(text))
    return [name for name in used if name not in made | VAPI_NAMES | _FILLED_IN_PLACES | _LITERALS]


def names_mentioned(document: Any) -> set[str]:
    """All names inside {{ }} and {% %} in the strings of a JSON document, whatever they mean there."""
    return {name for text in _strings(document) for part in _LIQUID.findall(text) for name in re.findall(_NAME, part)}


def names_learned(document: Any) -> set[str]:
    """The names that the assistant fills itself during a call: its tools' parameters, and what Vapi's
    `variableExtractionPlan` takes out of their answers."""
    names: set[str] = set()
    for inner in _objects(document):
        match inner:
            case {"properties": dict() as properties}:
                names |= properties.keys()
        match inner:
            case {"variableExtractionPlan": dict() as plan}:
                names |= _extracted(plan)
    return names


def _extracted(plan: dict[str, Any]) -> set[str]:
    aliases = plan.get("aliases")
    schema = plan.get("schema")
    found = [alias.get("key") for alias in aliases if isinstance(alias, dict)] if isinstance(aliases, list) else []
    found += [schema.get("title"), schema.get("name")] if isinstance(schema, dict) else []
    return {name for name in found if isinstance(name, str)}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from _objects(inner)
        case list():
            for inner in value:
                yield from _objects(inner)


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)

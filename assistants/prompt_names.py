"""The names that a prompt uses between {{ and }}, and those that Vapi fills itself."""

import re
from collections.abc import Iterator
from typing import Any

# https://docs.vapi.ai/assistants/dynamic-variables (default variables), and what Vapi's templates see of the call.
VAPI_NAMES = frozenset(
    {"now", "currentDateTime", "date", "time", "month", "day", "year"}
    | {"customer", "phoneNumber", "call", "transport", "assistant", "messages", "transcript", "prompt"}
)

_NAME = r"([A-Za-z_][A-Za-z0-9_]*)"
_USED = re.compile(r"\{\{-?\s*" + _NAME)
# Liquid's own variables: {% assign x = … %}, {% capture x %}, {% for x in … %}.
_MADE = re.compile(r"\{%-?\s*(?:assign|capture|for|tablerow|increment|decrement)\s+" + _NAME)
# What Liquid knows without being told: literals, and the state of a loop.
_LITERALS = frozenset({"true", "false", "nil", "null", "empty", "blank", "forloop", "tablerowloop"})


def names_to_fill(document: Any) -> list[str]:
    """The names in the strings of a JSON document that only variables of ours can fill, in the order of their use."""
    texts = list(_strings(document))
    made = {name for text in texts for name in _MADE.findall(text)}
    used = dict.fromkeys(name for text in texts for name in _USED.findall(text))
    return [name for name in used if name not in made | VAPI_NAMES | _LITERALS]


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

"""Writes what Vapi accepts, as a JSON Schema: `python -m assistants.vapi_schema_writer FILE`.

The source is the SDK's own models. Loading them takes seconds and 120 MB, so this runs as a process of its own and
nothing else imports it. Pydantic's description of them is rewritten until a validator finds one error per mistake:

- a union asks for its tag (`provider`, `type`, …) first and then looks only into the branch that the tag names;
- the models let unknown keys pass; here `propertyNames` lists those that are known;
- every definition stands there once: 0.4 MB instead of 1.5, so that a worker that loads it stays small.
"""

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from vapi import AssistantOverrides, CreateAssistantDto, CreateSquadDto

Schema = dict[str, Any]

MODELS: dict[str, type[BaseModel]] = {
    "assistant": CreateAssistantDto,
    "squad": CreateSquadDto,
    "overrides": AssistantOverrides,
}

_WHOLE = r"(CreateAssistantDto|AssistantOverrides)"
_NUMBER = r"\w+Destination(sItem)?_Number"
# What pydantic cannot know, or the SDK has wrong: see Vapi's API reference. Added to each property so called.
_CORRECTIONS: Sequence[tuple[str, Schema]] = (
    # Limits, which the SDK leaves out.
    (rf"{_WHOLE}\.name", {"maxLength": 40}),
    (rf"{_WHOLE}\.(endCallMessage|voicemailMessage)", {"maxLength": 1000}),
    (rf"{_WHOLE}\.maxDurationSeconds", {"minimum": 10, "maximum": 43200}),
    (r"CreateSquadDto\.members", {"minItems": 1}),
    (r"\w+Model_\w+\.temperature", {"minimum": 0, "maximum": 2}),
    (r"\w+Model_\w+\.maxTokens", {"minimum": 50, "maximum": 10000}),
    (r"OpenAiFunction\.name", {"minLength": 1, "maxLength": 64}),
    (r"Server\.timeoutSeconds", {"minimum": 1, "maximum": 300}),
    (r"StartSpeakingPlan\.waitSeconds", {"minimum": 0, "maximum": 5}),
    (r"StopSpeakingPlan\.numWords", {"minimum": 0, "maximum": 10}),
    (rf"{_NUMBER}\.number", {"minLength": 3, "maxLength": 40}),
    (rf"{_NUMBER}\.extension", {"minLength": 1, "maxLength": 10}),
    (r"\w+Destination(sItem)?_(Number|Sip)\.callerId", {"maxLength": 40}),
    # Tags of unions that are declared as any text.
    (r"CallHookCustomerSpeechTimeout\.on", {"const": "customer.speech.timeout"}),
    (r"SystemMessage\.role", {"const": "system"}),
    (r"UserMessage\.role", {"const": "user"}),
    # Declared as objects, which they are not.
    (r"BackoffPlan\.(type|excludedStatusCodes)|TransferPlan\.sipVerb|\w+_Neuphonic\.language", {"anyOf": [{}]}),
)
# JSON Schemas that assistants hold (of a tool's parameters, …): their further keys are JSON Schema's, not Vapi's.
_OPEN = frozenset({"JsonSchema", "OpenAiFunctionParameters"})

_LIMITS = ("minLength", "maxLength", "minimum", "maximum", "minItems")
_ANNOTATIONS = frozenset({"title", "description", "default", "format"})
_PREFIX = "#/$defs/"
_REFERENCE = re.compile(rf'"{re.escape(_PREFIX)}([^"]+)"')


def vapi_schema() -> Schema:
    """A schema of objects whose `assistant`, `squad` or `overrides` is what is to be checked."""
    _, described = models_json_schema([(model, "validation") for model in MODELS.values()])
    definitions = {name: _corrected(name, definition) for name, definition in described["$defs"].items()}
    roots = {name: {"type": "object", "$ref": _PREFIX + model.__name__} for name, model in MODELS.items()}
    rewritten = {name: _object(name, definitions) for name in definitions}
    return _each_once({"properties": roots, "$defs": rewritten})


def _corrected(name: str, definition: Schema) -> Schema:
    properties = definition.get("properties", {})
    for pattern, change in _CORRECTIONS:
        for key in properties:
            if re.fullmatch(pattern, f"{name}.{key}"):
                properties[key] |= change
    return definition


def _object(name: str, definitions: Schema) -> Schema:
    """An object's keys; that it is an object is said where it is referred to."""
    definition = definitions[name]
    properties = {key: _value(value, definitions) for key, value in definition.get("properties", {}).items()}
    known = {"propertyNames": {"enum": list(properties)}} if properties and name not in _OPEN else {}
    required = {"required": definition["required"]} if "required" in definition else {}
    return {"properties": properties} | required | known


def _value(described: Schema, definitions: Schema) -> Schema:
    """One property's value: pydantic's `anyOf` becomes a list of types and what holds for each."""
    branches = _branches(described)
    types = list(dict.fromkeys("object" if "$ref" in branch else branch["type"] for branch in branches))
    words = _words(branches)
    if words and set(types) <= {"string", "null"}:
        return {"enum": words + [None] * ("null" in types)}
    rewritten: Schema = {"type": types} if types else {}
    rewritten |= {limit: described[limit] for limit in _LIMITS if limit in described}
    if words:
        rewritten |= {"if": {"type": "string"}, "then": {"enum": words}}
    for branch in branches:
        rewritten |= {
            key: _value(branch[key], definitions)
            for key in ("items", "additionalProperties")
            if isinstance(branch.get(key), dict)
        }
    return rewritten | _one_of([branch["$ref"] for branch in branches if "$ref" in branch], definitions)


def _branches(described: Schema) -> list[Schema]:
    """The alternatives, without the `Any` by which the SDK lets everything pass."""
    return [branch for branch in described.get("anyOf", [described]) if set(branch) - _ANNOTATIONS - set(_LIMITS)]


def _words(branches: Sequence[Schema]) -> list[str]:
    """The texts that are allowed; none where any text is."""
    texts = [branch for branch in branches if branch.get("type") == "string"]
    words = [branch.get("enum", [branch.get("const")]) for branch in texts]
    return [] if [None] in words else [word for each in words for word in each]


def _one_of(references: Sequence[str], definitions: Schema) -> Schema:
    """One of several objects, told apart by the key that has another word in each of them."""
    if not references:
        return {}
    if len(references) == 1:
        return {"$ref": references[0]}
    tags = [_tags(definitions[reference.removeprefix(_PREFIX)]) for reference in references]
    for key in tags[0]:
        words = [each.get(key) for each in tags]
        if None not in words and len(set(words)) == len(words):
            return _tagged(key, dict(zip(words, references, strict=True)))
    return {"anyOf": [{"$ref": reference} for reference in references]}


def _tags(definition: Schema) -> dict[str, str]:
    words = {key: _words(_branches(value)) for key, value in definition.get("properties", {}).items()}
    return {key: allowed[0] for key, allowed in words.items() if len(allowed) == 1}


def _tagged(key: str, references: dict[Any, str]) -> Schema:
    return {
        "required": [key],
        "properties": {key: {"enum": list(references)}},
        "allOf": [
            {"if": {"properties": {key: {"const": word}}, "required": [key]}, "then": {"$ref": reference}}
            for word, reference in references.items()
        ],
    }


def _each_once(schema: Schema) -> Schema:
    """The same schema without definitions that say what another one says."""
    names: dict[str, str] = {}
    kept = {name: names.setdefault(json.dumps(definition), name) for name, definition in schema["$defs"].items()}
    if len(names) == len(kept):
        return schema
    schema["$defs"] = {name: schema["$defs"][name] for name in names.values()}
    text = _REFERENCE.sub(lambda found: f'"{_PREFIX}{kept[found[1]]}"', json.dumps(schema))
    return _each_once(json.loads(text))


def write(path: Path) -> None:
    """Puts the schema there, wholly or not at all."""
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(vapi_schema(), file, ensure_ascii=False, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


if __name__ == "__main__":
    write(Path(sys.argv[1]))

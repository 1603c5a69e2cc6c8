"""Is this what Vapi accepts? Whole assistants, squads and overrides, checked against the SDK's own models.

Vapi ends a call whose assistant is invalid, so mistakes are said where staff make them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema_rs import ValidationError, ValidationErrorKind, Validator, validator_for

from assistants.vapi_schema_file import SchemaNotWritten, written_schema
from assistants.vapi_schema_sentences import is_warning, sentence

MOST_PROBLEMS = 10


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One thing that Vapi would not accept, or (a warning) perhaps not.

    `path` is such as `model.messages[0].role`, empty for the whole, and `steps` its keys and positions; `sentence` says
    what is wrong there.
    """

    path: str
    sentence: str
    is_warning: bool = False
    steps: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


def check_assistant(value: Any) -> list[SchemaProblem]:
    """What Vapi would not accept in a whole assistant (its CreateAssistantDTO), given as a JSON value.

    At most ten problems: errors before warnings, the deepest inside first.
    """
    return _check("assistant", value)


def check_squad(value: Any) -> list[SchemaProblem]:
    """The same for a whole squad (Vapi's CreateSquadDTO)."""
    return _check("squad", value)


def check_overrides(value: Any) -> list[SchemaProblem]:
    """The same for what is laid over an assistant (Vapi's AssistantOverrides)."""
    return _check("overrides", value)


def _check(what: str, value: Any) -> list[SchemaProblem]:
    try:
        validator = _validator(written_schema())
    except SchemaNotWritten as error:
        return [SchemaProblem("", f"This could not be checked against Vapi's schema: {error}.", is_warning=True)]
    try:
        orjson.dumps(value)  # as when a call is answered; the validator would not survive any depth
    except TypeError as error:
        return [SchemaProblem("", f"This cannot be sent as JSON: {error}.")]
    problems = map(_problem, _single_errors(validator.iter_errors({what: value})))
    return sorted(dict.fromkeys(problems), key=_order)[:MOST_PROBLEMS]


@cache
def _validator(path: Path) -> Validator:
    try:
        return validator_for(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemaNotWritten(f"{path} cannot be read ({error}); delete it, and it is written anew") from error


def _single_errors(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """The errors; of a union without a tag only those of the branch that fits best."""
    for error in errors:
        match error.kind:
            case ValidationErrorKind.AnyOf(branches):
                yield from min((list(_single_errors(branch)) for branch in branches), key=len)
            case _:
                yield error


def _problem(error: ValidationError) -> SchemaProblem:
    steps = tuple(error.instance_path[1:])
    return SchemaProblem(_path(steps), sentence(error), is_warning(error), steps)


def _path(steps: Sequence[str | int]) -> str:
    """`model.messages[0].role`; a key that is no plain word is quoted, as in `metadata["a b"]`."""
    parts = []
    for step in steps:
        match step:
            case int():
                parts.append(f"[{step}]")
            case _:
                parts.append(f".{step}" if re.fullmatch(r"[\w:-]+", step) else f'["{step}"]')
    return "".join(parts).removeprefix(".")


def _order(problem: SchemaProblem) -> tuple[bool, int]:
    return problem.is_warning, -len(re.findall(r"[.\[]", problem.path))

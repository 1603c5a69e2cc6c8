"""What the schema's validator found, said so that staff know what to do."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

MOST_WORDS = 20
LONGEST_VALUE = 40

# Lists that grow faster than the SDK is released (models, voices, …), or where older words are still accepted.
_GROWING = re.compile(
    r"(.*\.)?(model|models|fallbackModels|voiceId|voiceName|language|languages|languageBoost|languageCodes?|region"
    r"|style|emotion|speechModel|clientMessages|serverMessages|hooks\.on|hooks\.do\.type)"
)
_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}
# Keys of Vapi's earlier days, keys that its own answers have, and what to do instead.
_INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(
        ("id", "orgId", "createdAt", "updatedAt", "isServerUrlSecretSet"), "Vapi sets it itself, leave it out"
    ),
    **dict.fromkeys(("assistant", "assistantOverrides", "squad"), "write only what stands inside it"),
    **dict.fromkeys(("assistantId", "squadId"), "the id has a field of its own"),
    **dict.fromkeys(("serverUrlSecret", "secret"), "write server.credentialId"),
    **dict.fromkeys(("responseDelaySeconds", "llmRequestDelaySeconds"), "write startSpeakingPlan.waitSeconds"),
    "serverUrl": "write server.url",
    "hipaaEnabled": "write compliancePlan.hipaaEnabled",
    "recordingEnabled": "write artifactPlan.recordingEnabled",
    "backgroundDenoisingEnabled": "write backgroundSpeechDenoisingPlan",
    "numWordsToInterruptAssistant": "write stopSpeakingPlan.numWords",
    **dict.fromkeys(("silenceTimeoutSeconds", "messagePlan"), "write a hook on customer.speech.timeout"),
    "summaryPrompt": "write summaryPlan",
    "systemPrompt": "write a message of the role system",
    "functions": "write tools",
    "endCallFunctionEnabled": "write a tool of the type endCall",
    "dialKeypadFunctionEnabled": "write a tool of the type dtmf",
    "forwardingPhoneNumber": "write a tool of the type transferCall",
}


def is_warning(error: ValidationError) -> bool:
    """Whether Vapi may accept this all the same."""
    match error.kind:
        case Kind.PropertyNames():
            return True
        case Kind.Enum():
            names = (step for step in error.instance_path if isinstance(step, str))
            return isinstance(error.instance, str) and _GROWING.fullmatch(".".join(names)) is not None
        case _:
            return False


def sentence(error: ValidationError) -> str:
    """What is wrong with the value at `error.instance_path`, which the sentence itself leaves out."""
    match error.kind:
        case Kind.PropertyNames(name):
            return _unknown_key(name)
        case Kind.Enum(words):
            among = "among those that Vapi's SDK lists" if is_warning(error) else f"one of {_list(words)}"
            return f"{_shown(error.instance)} is not {among}{_hint(error.instance, words)}."
        case Kind.Required(name):
            return f"“{name}” is missing."
        case Kind.Type(types):
            wanted = " or ".join(words for name, words in _TYPES.items() if name in types)
            return f"This must be {wanted}, not {_shown(error.instance)}."
        case Kind.MaxLength(limit):
            return f"This is {len(str(error.instance))} characters long; Vapi takes at most {limit}."
        case Kind.MinLength(limit):
            return f"{_shown(error.instance)} is too short; Vapi wants at least {_count(limit, 'character')}."
        case Kind.Minimum(limit):
            return f"{_shown(error.instance)} is too low; Vapi takes {limit} or more."
        case Kind.Maximum(limit):
            return f"{_shown(error.instance)} is too high; Vapi takes at most {limit}."
        case Kind.MinItems(limit):
            return f"This list is too short; Vapi wants at least {_count(limit, 'item')}."
        case _:
            return f"{error.message}."


def _unknown_key(error: ValidationError) -> str:
    name, known = str(error.instance), error.kind.value
    advice = (
        f": {_INSTEAD[name]}" if name in _INSTEAD else _hint(name, known) or ": it may ignore it, or refuse the call"
    )
    return f"“{name}” is not known to Vapi{advice}."


def _hint(given: Any, words: Sequence[Any]) -> str:
    by_lower_case = {word.lower(): word for word in words if isinstance(word, str)}
    close = difflib.get_close_matches(str(given).lower(), by_lower_case, n=1, cutoff=0.66)
    return f" (did you mean {by_lower_case[close[0]]}?)" if close else ""


def _list(words: Sequence[Any]) -> str:
    texts = [str(word) for word in words if word is not None]
    return ", ".join(texts[:MOST_WORDS]) + (", …" if len(texts) > MOST_WORDS else "")


def _shown(value: Any) -> str:
    match value:
        case str():
            return f"“{value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + '…'}”"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return json.dumps(value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

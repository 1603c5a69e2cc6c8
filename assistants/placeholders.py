"""Customer data put into prompts, harmlessly.

Prompts are Liquid templates that Vapi renders. Stored data must never become a template itself, so braces, and
characters that nobody sees, are taken out of every value that leaves for Vapi.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import orjson

from assistants.liquid import replace_names

LONGEST_VALUE = 500

_QUOTES = str.maketrans(dict.fromkeys('“”„‟«»"', "'"))
_BRACES = str.maketrans("{}", "()")
# Control and format characters, line and paragraph separators, surrogates, and letters and marks that are drawn
# as nothing (Unicode's Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)


def harmless(text: str) -> str:
    """`text` as it may leave for Vapi: no braces, no invisible characters, at most 500 characters."""
    return _INVISIBLE.sub("", text.translate(_BRACES))[:LONGEST_VALUE]


def quoted_summary(summary: str) -> str:
    """What was said of the last call, in one line that no prompt can take for its own words; at most 500 characters."""
    return _quoted("The customer's last call was summarised as:", summary)


def quoted_promise(promise: str) -> str:
    """What was promised in the last call, framed in the same way."""
    return _quoted("In the last call this was promised:", promise)


def _quoted(opening: str, said: str) -> str:
    words, room = " ".join(said.translate(_QUOTES).split()), LONGEST_VALUE - len(f"{opening} “”")
    return f"{opening} “{words if len(words) <= room else words[: room - 1] + '…'}”"


@dataclass(frozen=True, slots=True)
class Template:
    """A JSON document in which `{{name}}` stands in any string, cut up once so that filling it in is a join.

    `pieces` are JSON text and variable names in turn.
    """

    pieces: tuple[str, ...]

    @classmethod
    def compile(cls, document: Mapping[str, Any], names: Collection[str]) -> "Template":
        """The template of `document`, with the places of the variables called `names`.

        Expressions with filters and the like stay as they are: Vapi renders them from the same variable values.
        """
        mark = token_hex()
        marked = _in_strings(document, lambda text: replace_names(text, names, lambda name: f"{mark}{name}{mark}"))
        return cls(tuple(orjson.dumps(marked).decode().split(mark)))

    def fill(self, values: Mapping[str, str]) -> orjson.Fragment:
        """The document as JSON with the variables' (harmless) values in their places."""
        filled = (orjson.dumps(values[piece])[1:-1].decode() if odd else piece for odd, piece in self._marked())
        return orjson.Fragment("".join(filled))

    def _marked(self) -> list[tuple[int, str]]:
        return [(position % 2, piece) for position, piece in enumerate(self.pieces)]


def _in_strings(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with every string in it changed, keys too."""
    match value:
        case str():
            return change(value)
        case dict():
            return {change(key): _in_strings(inner, change) for key, inner in value.items()}
        case list():
            return [_in_strings(inner, change) for inner in value]
        case _:
            return value

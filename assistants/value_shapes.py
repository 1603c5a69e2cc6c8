"""How the values of some traits look, so that a value that could never match is refused where it is typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import phonenumbers

from assistants.incoming import Transport
from assistants.operators import InvalidValue, Operator, Takes, comparable
from customers.outcomes import Outcome

WHOLE = frozenset({"is", "is-not", "any-of", "none-of"})
_BEGINNING = frozenset({"starts-with", "not-starts-with"})


def typed_words(operator: Operator, text: str) -> list[str]:
    """What staff typed, one value or several, without the blanks around them."""
    typed = [text] if operator.takes is Takes.ONE else text.split(",")
    return [word for each in typed if (word := each.strip())]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a trait's values look like, and what they begin with, if that is known; `example` says what to write."""

    whole: Callable[[str], Any]
    example: str
    beginning: Callable[[str], Any] | None = None

    def check(self, operator: Operator, text: str) -> None:
        """Raises InvalidValue where one of the words in `text` could never match."""
        looks_right = self.whole if operator.key in WHOLE else self.beginning if operator.key in _BEGINNING else None
        for word in typed_words(operator, text):
            if looks_right and not looks_right(word):
                raise InvalidValue(f"“{word}” never matches: write {self.example}.")


LANGUAGE = Shape(re.compile(r"[A-Za-z]{2,3}").fullmatch, "a language's two or three letters, as in es")
COUNTRY = Shape(lambda word: word.upper() in phonenumbers.SUPPORTED_REGIONS, "a country's two letters, as in US or GB")
NUMBER = Shape(
    re.compile(r"\+[1-9][0-9]{6,14}").fullmatch,
    "it with + and the country code and without blanks, as in +13035550101",
    re.compile(r"\+(?:[1-9][0-9]{0,14})?").fullmatch,
)
EMAIL = Shape(re.compile(r"[^@\s]+@[^@\s]+").fullmatch, "an address in full, as in ada@example.com")
DOMAIN = Shape(re.compile(r"[^@\s]+").fullmatch, "what stands behind the @, as in example.com")
TRANSPORT = Shape(lambda word: comparable(word) in {comparable(each.value) for each in Transport}, "phone, SIP or web")
OUTCOME = Shape(lambda word: comparable(word) in Outcome.values, f"one of {', '.join(Outcome.values)}")

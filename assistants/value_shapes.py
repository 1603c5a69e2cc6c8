"""How the values of some traits look, so that a value that could never match is refused where it is typed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from assistants.incoming import Transport
from assistants.operators import InvalidValue, Operator, Takes, comparable
from customers.outcomes import Outcome
from customers.remembered import MOST_CALLS

WHOLE = frozenset({"is", "is-not", "any-of", "none-of"})
_BEGINNING = frozenset({"starts-with", "not-starts-with"})
_BOUND = frozenset({"at-least", "less-than", "at-most", "between"})

_Test = Callable[[str], Any]


def typed_words(operator: Operator, text: str) -> list[str]:
    """What staff typed, one value or several, without the blanks around them."""
    typed = [text] if operator.takes is Takes.ONE else text.split(",")
    return [word for each in typed if (word := each.strip())]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a trait's values look like: by operator, whether a word could match; `example` says what to write."""

    tests: Mapping[str, _Test] = field(hash=False)
    example: str

    def check(self, operator: Operator, text: str) -> None:
        """Raises InvalidValue where one of the words in `text` could never match."""
        could_match = self.tests.get(operator.key)
        for word in typed_words(operator, text):
            if could_match and not could_match(word):
                raise InvalidValue(f"“{word}” never matches: write {self.example}.")


def _whole(test: _Test) -> dict[str, _Test]:
    return dict.fromkeys(WHOLE, test)


def _beginning(test: _Test) -> dict[str, _Test]:
    return dict.fromkeys(_BEGINNING, test)


def _count(most: int) -> dict[str, _Test]:
    """A number that is never more than `most`."""
    return dict.fromkeys(WHOLE | _BOUND, lambda word: float(word) <= most) | {
        "more-than": lambda word: float(word) < most
    }


LANGUAGE = Shape(_whole(re.compile(r"[A-Za-z]{2,3}").fullmatch), "a language's two or three letters, as in es")
COUNTRY = Shape(
    _whole(lambda word: word.upper() in phonenumbers.SUPPORTED_REGIONS), "a country's two letters, as in US or GB"
)
NUMBER = Shape(
    _whole(re.compile(r"\+[1-9][0-9]{6,14}").fullmatch) | _beginning(re.compile(r"\+(?:[1-9][0-9]{0,14})?").fullmatch),
    "it with + and the country code and without blanks, as in +13035550101",
)
EMAIL = Shape(_whole(re.compile(r"[^@\s]+@[^@\s]+").fullmatch), "an address in full, as in ada@example.com")
DOMAIN = Shape(_whole(re.compile(r"[^@\s]+").fullmatch), "what stands behind the @, as in example.com")
TRANSPORT = Shape(
    _whole(lambda word: comparable(word) in {comparable(each.value) for each in Transport}), "phone, SIP or web"
)
OUTCOME = Shape(_whole(lambda word: comparable(word) in Outcome.values), f"one of {', '.join(Outcome.values)}")
CALLS = Shape(_count(MOST_CALLS), f"a smaller number, as only the last {MOST_CALLS} calls are counted")

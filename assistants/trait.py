"""What a trait is: one thing to know of a caller, and how rules and variables may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistants.facts import KnownFacts
from assistants.operators import InvalidValue, Operator, Takes, ValueType, comparable
from assistants.value_shapes import Shape

Reader = Callable[[KnownFacts, str], Any]


def _any_name(parameter: str) -> None:
    """Whatever name there is, somebody may have it."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing to know of a caller. `parameter` says what further name it needs, if any.

    Only traits that are `spoken` may stand in variables: the others are about the call, not about the customer. Such
    a variable has the trait's `disclosure` unless staff choose another, and `framed` says in what words it stands.
    """

    key: str
    label: str
    type: ValueType
    read: Reader
    parameter: str = ""
    spoken: bool = False
    check_parameter: Callable[[str], None] = _any_name
    shape: Shape | None = None
    disclosure: str = "open"
    framed: Callable[[str], str] | None = None

    def check(self, parameter: str) -> None:
        """Raises InvalidValue where `parameter` is missing, senseless or one too many."""
        if parameter and not self.parameter:
            raise InvalidValue(f"“{self.label}” needs no further name: leave it empty.")
        if self.parameter and not parameter.strip():
            raise InvalidValue(f"“{self.label}” needs {self.parameter}.")
        self.check_parameter(parameter)

    def check_value(self, operator: Operator, text: str) -> None:
        """Raises InvalidValue where `text` cannot be compared with the trait, or no value could ever match it."""
        expected = operator.parse(text, self.type)
        if operator.takes is Takes.RANGE and self.type is not ValueType.TIME and expected[0] > expected[1]:
            raise InvalidValue(f"“{text}” ends before it begins: write the smaller value first.")
        if self.shape:
            self.shape.check(operator, text)


def read_for_comparison(trait: Trait, facts: KnownFacts, parameter: str) -> Any:
    """The trait's value as operators compare it: text without regard to case, lists as sets of such text."""
    value = trait.read(facts, parameter)
    if isinstance(value, str):
        return comparable(value)
    if isinstance(value, tuple):
        return frozenset(map(comparable, value))
    return value

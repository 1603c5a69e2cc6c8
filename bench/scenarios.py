"""What our server has to decide: nothing at all, or fifty rules and ten variables; as rows for `manage.py loaddata`."""

from dataclasses import dataclass
from typing import Any

from bench.calls import LINE_ID, LINE_NUMBER

ASSISTANT_ID = "5c3a9f4e-7d21-4b0e-9b52-1f0c6a8de2b7"

Row = dict[str, Any]

# Name, trait and the trait's parameter.
_SEED_VARIABLES = (("customerName", "name", ""), ("accountType", "tier", ""), ("joinDate", "joined_on", ""))
_MORE_VARIABLES = (
    ("emailAddress", "email", ""),
    ("spokenLanguage", "language", ""),
    ("groups", "tags", ""),
    ("customerNumber", "customer_id", ""),
    ("daysSinceJoining", "days_since_joining", ""),
    ("plan", "attribute", "plan"),
    ("seats", "attribute", "seats"),
)
# Trait, operator, value, parameter: none holds of a generated customer, so that every rule is tried.
_CONDITIONS = (
    ("tier", "is", "platinum", ""),
    ("language", "any-of", "fr, it, pt", ""),
    ("tags", "includes", "trial", ""),
    ("country", "is", "GB", ""),
    ("attribute_number", "at-least", "1000", "seats"),
    ("days_since_joining", "less-than", "0", ""),
    ("attribute", "is", "trial", "plan"),
    ("line_time", "before", "00:00", ""),
    ("email", "contains", "@example.org", ""),
    ("withheld", "yes", "", ""),
)
_RULES = 50
_KEY = 1001


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is in our database under a title; the peer answers the same calls without any of it."""

    title: str
    rows: list[Row]


def bare_look_up() -> Scenario:
    """One variant for everybody, with the documentation's three variables."""
    return Scenario("The bare look-up", _line_and_variant(*_SEED_VARIABLES))


def rules_and_variables() -> Scenario:
    """Fifty rules, each with one condition that holds and one that does not, and ten variables."""
    rows = _line_and_variant(*_SEED_VARIABLES, *_MORE_VARIABLES)
    for number in range(_RULES):
        rows += _rule(number)
    return Scenario(f"{_RULES} rules and 10 variables", rows)


def _line_and_variant(*variables: tuple[str, str, str]) -> list[Row]:
    variant = {"name": "Everybody", "kind": "saved-assistant", "vapi_id": ASSISTANT_ID}
    line = {"name": "Support", "number": LINE_NUMBER, "vapi_id": LINE_ID, "fallback": _KEY}
    rows = [_row("assistantvariant", _KEY, **variant), _row("line", _KEY, **line)]
    return rows + [_variable(_KEY + position, *variable) for position, variable in enumerate(variables)]


def _variable(key: int, name: str, trait: str, parameter: str) -> Row:
    return _row("variable", key, variant=_KEY, name=name, trait=trait, parameter=parameter, default="unknown")


def _rule(number: int) -> list[Row]:
    key = _KEY + number
    trait, operator, value, parameter = _CONDITIONS[number % len(_CONDITIONS)]
    return [
        _row("routingrule", key, name=f"Rule {number}", priority=number, variant=_KEY),
        _row("condition", 2 * key, rule=key, trait="known", operator="yes"),
        _row("condition", 2 * key + 1, rule=key, trait=trait, operator=operator, value=value, parameter=parameter),
    ]


def _row(model: str, key: int, **fields: Any) -> Row:
    return {"model": f"assistants.{model}", "pk": key, "fields": fields}

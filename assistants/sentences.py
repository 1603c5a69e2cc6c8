"""Conditions as English sentences, for lists, traces and differences."""

from assistants.operators import OPERATORS
from assistants.traits import TRAITS


def condition_sentence(*, trait: str, parameter: str, operator: str, value: str) -> str:
    """A condition as staff read it: `account type is gold`, `not: the caller is known`."""
    if trait not in TRAITS or operator not in OPERATORS:
        return "an unfinished condition"
    subject = f"{TRAITS[trait].label} “{parameter}”" if TRAITS[trait].parameter else TRAITS[trait].label
    match operator:
        case "yes":
            return subject
        case "no":
            return f"not: {subject}"
        case _:
            return " ".join(filter(None, [subject, OPERATORS[operator].label, value]))

"""A stored value as text, number, date, flag or list, whatever it was stored as (plain Python, no Django)."""

from datetime import date, time
from math import isfinite
from typing import Any

from assistants.operators import comparable


def as_text(value: Any) -> str | None:
    """Any fact as words: lists joined by commas, yes and no for flags; None for nothing."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(filter(None, map(as_text, value))) or None
        case float():
            return f"{value:.15g}"
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case _:
            return str(value) or None


def as_number(value: Any) -> float | None:
    """A finite number, also one that is spelt; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) and "_" not in str(value) else None


def as_date(value: Any) -> date | None:
    """The day of an ISO date or moment; None where it is none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def as_flag(value: Any) -> bool | None:
    """True or false, also spelt yes, no, true or false; None where it is neither."""
    if isinstance(value, str):
        return {"yes": True, "true": True, "no": False, "false": False}.get(comparable(value))
    return value if isinstance(value, bool) else None


def as_list(value: Any) -> tuple[str, ...] | None:
    """The items as text, one where it is no list; None where there are none."""
    values = value if isinstance(value, list) else [value]
    return tuple(filter(None, map(as_text, values))) or None

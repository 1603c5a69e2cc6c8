"""What we know of a customer's earlier calls, as far as it is remembered (customers/remembered.py)."""

from collections.abc import Callable
from datetime import timedelta

from assistants.facts import KnownFacts
from assistants.operators import InvalidValue, ValueType
from assistants.placeholders import quoted_promise, quoted_summary
from assistants.trait import Reader, Trait
from assistants.value_shapes import CALLS, OUTCOME
from customers.remembered import CallHistory

_DAYS = "a number of days"
_MOST_DAYS = 400
_EXPIRY = "for how many days it may be used, such as 30"
_LATEST_EXPIRY = 90


def _days(most: int) -> Callable[[str], None]:
    def check(parameter: str) -> None:
        if not (parameter.isascii() and parameter.isdecimal() and 1 <= int(parameter) <= most):
            raise InvalidValue(f"“{parameter}” is not a number of days from 1 to {most}.")

    return check


def _calls_in_days(facts: KnownFacts, days: str) -> int:
    since = facts.at - timedelta(days=int(days))
    return sum(began_at >= since for began_at in facts.history.began_at)


def _minutes_since_last_call(facts: KnownFacts, _: str) -> int | None:
    ended_at = facts.history.last_ended_at
    return (facts.at - ended_at) // timedelta(minutes=1) if ended_at else None


def _days_since_last_call(facts: KnownFacts, _: str) -> int | None:
    ended_at = facts.history.last_ended_at
    if not ended_at:
        return None
    today = facts.local_time("")
    return (today.date() - ended_at.astimezone(today.tzinfo).date()).days


def _while_fresh(words: Callable[[CallHistory], str]) -> Reader:
    """What others said of the last call, while that is not longer ago than so many days."""

    def read(facts: KnownFacts, days: str) -> str | None:
        history = facts.history
        if not history.last_ended_at or facts.at - history.last_ended_at > timedelta(days=int(days)):
            return None
        return words(history) or None

    return read


def _quotation(key: str, label: str, words: Callable[[CallHistory], str], framed: Callable[[str], str]) -> Trait:
    """A trait of words that are not ours: they expire, are framed as a quotation, and usually are verified."""
    return Trait(
        key,
        label,
        ValueType.TEXT,
        _while_fresh(words),
        _EXPIRY,
        spoken=True,
        check_parameter=_days(_LATEST_EXPIRY),
        disclosure="verified",
        framed=framed,
    )


CALL_TRAITS = (
    Trait(
        "calls_in_days",
        "calls in the last days",
        ValueType.NUMBER,
        _calls_in_days,
        _DAYS,
        check_parameter=_days(_MOST_DAYS),
        shape=CALLS,
    ),
    Trait(
        "minutes_since_last_call",
        "minutes since the last call",
        ValueType.NUMBER,
        _minutes_since_last_call,
        spoken=True,
    ),
    Trait("days_since_last_call", "days since the last call", ValueType.NUMBER, _days_since_last_call, spoken=True),
    Trait(
        "last_call_ended",
        "how the last call ended",
        ValueType.TEXT,
        lambda facts, _: facts.history.last_outcome or None,
        spoken=True,
        shape=OUTCOME,
    ),
    Trait(
        "last_call_ended_reason",
        "how the last call ended, in Vapi's words",
        ValueType.TEXT,
        lambda facts, _: facts.history.last_ended_reason or None,
    ),
    _quotation("last_call_summary", "the last call's summary", lambda calls: calls.last_summary, quoted_summary),
    _quotation(
        "last_call_promise", "what the last call left promised", lambda calls: calls.last_promise, quoted_promise
    ),
)

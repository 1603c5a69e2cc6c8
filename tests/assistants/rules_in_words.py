"""Rules written as people say them, and callers as the directory would find them."""

from datetime import UTC, datetime
from typing import Any

from assistants.facts import KnownFacts
from assistants.incoming import IncomingCall
from assistants.operators import OPERATORS
from assistants.ruleset import ConditionSpec, RuleSpec, VariantSpec
from assistants.traits import TRAITS
from customers.directory import NOBODY, Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import WITHHELD, CallerAddress

NOW = datetime(2026, 6, 3, 15, 0, tzinfo=UTC)  # a Wednesday
DESK, VIP = (VariantSpec(name, "saved-assistant", name) for name in ("Front desk", "VIP desk"))
SUPPORT, SALES = frozenset({"Support"}), frozenset({"Sales"})
# Blocked callers are answered before any rule is tried.
CALLING = [status for status in CallerStatus if status is not CallerStatus.BLOCKED]


def condition(text: str) -> ConditionSpec:
    """`tier is gold`, `tier set` or `attribute_number:seats at-least 5`."""
    subject, key, typed = (*text.split(" ", 2), "")[:3]
    trait, _, parameter = subject.partition(":")
    operator = OPERATORS[key]
    return ConditionSpec(TRAITS[trait], parameter, operator, operator.parse(typed, TRAITS[trait].type), text)


def rule(name: str, *conditions: str, variant: VariantSpec = DESK, **scope: Any) -> RuleSpec:
    return RuleSpec(name, (variant,), conditions=tuple(map(condition, conditions)), **scope)


def facts(
    status: CallerStatus,
    *,
    number: str | None = "+13035550101",
    line: str | None = None,
    at: datetime = NOW,
    **known: Any,
) -> KnownFacts:
    """What is known where the customer, or each of those who share the number, is as `known` says."""
    shared = {name: value for name, value in known.items() if name in {"tier", "language", "timezone"}}
    customer = CustomerFacts(id="c001", **known) if status is CallerStatus.KNOWN else None
    agreed = CustomerFacts(id="", **shared) if status is CallerStatus.AMBIGUOUS else NOBODY
    address = WITHHELD if status is CallerStatus.WITHHELD else CallerAddress((number or "sip:ada@example.com",), number)
    return KnownFacts(IncomingCall(), Caller(address, status, customer, customer or agreed), at, line)

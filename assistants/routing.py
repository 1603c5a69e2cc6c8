"""route_call(): the one decision, with its reason and its trace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assistants.incoming import IncomingCall
from assistants.ruleset import LineSpec, Ruleset, RuleSpec, VariantSpec
from assistants.traits import KnownFacts
from customers.directory import Caller, CallerStatus, find_caller
from customers.phone_numbers import CallerAddress, InvalidNumber, parse_number, parse_sip_uri, read_caller


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One rule that was tried, and why it did not match; `obstacle` is None for the rule that did."""

    rule: str
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """Who answers a call and why. `variant` is None where there is nothing to answer with but an apology."""

    reason: str
    variant: VariantSpec | None
    facts: KnownFacts
    version: int
    rule: str | None = None
    trace: tuple[TraceEntry, ...] = ()


def route_call(
    *,
    call: IncomingCall,
    ruleset: Ruleset,
    at: datetime,
    default_region: str,
    look_up: Callable[[CallerAddress], Caller] = find_caller,
) -> RoutingDecision:
    """Who answers `call` at the moment `at` (aware), by the first of: emergency switch, block, rule, fallbacks.

    Numbers without a country code are read as dialled in the line's region, or in `default_region` on a line we
    have not been told of. `look_up` finds the customer: one indexed look-up.
    """
    line = find_line(call, ruleset, default_region)
    address = read_caller(
        numbers=call.caller_numbers, sip_uris=call.caller_sip_uris, region=line.region if line else default_region
    )
    facts = KnownFacts(
        call=call,
        caller=look_up(address),
        at=at,
        line=line.name if line else None,
        line_timezone=line.timezone if line else "UTC",
    )
    return _decide(facts, line, ruleset)


def find_line(call: IncomingCall, ruleset: Ruleset, region: str) -> LineSpec | None:
    """The line that was dialled, by its id at Vapi, its number or its SIP address; None if we were not told of it."""
    for vapi_id in call.line_ids:
        if line := ruleset.lines_by_vapi_id.get(vapi_id):
            return line
    for text in call.line_numbers:
        if line := ruleset.lines_by_number.get(text) or ruleset.lines_by_number.get(_number(text, region)):
            return line
    for text in call.line_sip_uris:
        if line := ruleset.lines_by_sip_uri.get(_sip_uri(text)):
            return line
    return None


def _decide(facts: KnownFacts, line: LineSpec | None, ruleset: Ruleset) -> RoutingDecision:
    fallback = (line.fallback if line else None) or ruleset.fallback
    if ruleset.emergency or (line and line.emergency):
        return RoutingDecision("emergency", fallback, facts, ruleset.version)
    if facts.caller.status is CallerStatus.BLOCKED:
        return RoutingDecision("blocked", ruleset.refusal, facts, ruleset.version)
    match, trace = _first_match(facts, ruleset.rules)
    if match:
        return RoutingDecision(f"rule:{match.name}", match.variant, facts, ruleset.version, match.name, trace)
    if fallback is None:
        return RoutingDecision("apology", None, facts, ruleset.version, trace=trace)
    reason = "line-fallback" if line and line.fallback else "site-fallback"
    return RoutingDecision(reason, fallback, facts, ruleset.version, trace=trace)


def _first_match(facts: KnownFacts, rules: tuple[RuleSpec, ...]) -> tuple[RuleSpec | None, tuple[TraceEntry, ...]]:
    trace: list[TraceEntry] = []
    for rule in rules:
        obstacle = rule.obstacle(facts)
        trace.append(TraceEntry(rule.name, obstacle))
        if obstacle is None:
            return rule, tuple(trace)
    return None, tuple(trace)


def _number(text: str, region: str) -> str:
    try:
        return parse_number(text, region).number
    except InvalidNumber:
        return ""


def _sip_uri(text: str) -> str:
    try:
        return parse_sip_uri(text)
    except InvalidNumber:
        return ""

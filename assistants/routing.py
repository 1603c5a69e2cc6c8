"""route_call(): the one decision, with its reason and its trace."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from assistants.facts import KnownFacts
from assistants.incoming import IncomingCall
from assistants.ruleset import NO_SWITCHES, LineSpec, Obstacle, Ruleset, RuleSpec, Switches, VariantSpec
from customers.directory import NO_CALLER, Caller, CallerStatus, find_caller
from customers.phone_numbers import CallerAddress, InvalidNumber, parse_number, parse_sip_uri, read_caller


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One rule that was tried, and why it did not match; `obstacle` is None for the rule that did."""

    rule: RuleSpec
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """Who answers a call and why. `variant` is None where there is nothing to answer with but an apology.

    `tried` are the rules that were asked, in order; the last of them is the one that matched, if any did.
    """

    reason: str
    variant: VariantSpec | None
    facts: KnownFacts
    version: int
    rule: str | None = None
    tried: tuple[RuleSpec, ...] = ()

    @property
    def trace(self) -> tuple[TraceEntry, ...]:
        """Why each rule that was tried did or did not match; put into words here, when somebody reads it."""
        return tuple(TraceEntry(rule, rule.obstacle(self.facts)) for rule in self.tried)


def route_call(
    *,
    call: IncomingCall,
    ruleset: Ruleset,
    at: datetime,
    default_region: str,
    switches: Switches = NO_SWITCHES,
    look_up: Callable[[CallerAddress], Caller] = find_caller,
) -> RoutingDecision:
    """Who answers `call` at the moment `at` (aware), by the first of: emergency switch, block, pin, rule, fallbacks.

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
        holidays=ruleset.holidays,
    )
    return decide(facts=facts, line=line, ruleset=ruleset, switches=switches)


def route_customer(
    *,
    caller: Caller,
    call: IncomingCall,
    line: LineSpec | None,
    ruleset: Ruleset,
    at: datetime,
    switches: Switches,
    asked_for: VariantSpec | None = None,
    signed_in: bool = False,
) -> RoutingDecision:
    """Who talks to a customer in a call that we start: by the same order, with no number to look anybody up by.

    The variant that was `asked_for` stands over pins and rules (reason `requested`), not over the emergency switch and
    the block. `signed_in` lets verified variables be sent.
    """
    facts = KnownFacts(
        call=call,
        caller=caller,
        at=at,
        line=line.name if line else None,
        line_timezone=line.timezone if line else "UTC",
        holidays=ruleset.holidays,
        signed_in=signed_in,
    )
    decision = decide(facts=facts, line=line, ruleset=ruleset, switches=switches)
    if asked_for is None or decision.reason in {"emergency", "blocked"}:
        return decision
    return RoutingDecision("requested", asked_for, facts, ruleset.version)


def fall_back(*, call: IncomingCall, ruleset: Ruleset, at: datetime, default_region: str) -> RoutingDecision:
    """Who answers `call` where customers' data must not or cannot be used: the line's fallback, else the site's."""
    line = find_line(call, ruleset, default_region)
    facts = KnownFacts(call=call, caller=NO_CALLER, at=at, line=line.name if line else None)
    return _fallback(facts, line, ruleset, tried=())


def find_line(call: IncomingCall, ruleset: Ruleset, region: str) -> LineSpec | None:
    """The line that was dialled, by its id at Vapi, its number or its SIP address; None if we were not told of it."""
    for address in _line_addresses(call, region):
        if line := ruleset.lines_by_address.get(address):
            return line
    return None


def decide(
    *, facts: KnownFacts, line: LineSpec | None, ruleset: Ruleset, switches: Switches = NO_SWITCHES
) -> RoutingDecision:
    """Who answers a caller of whom these facts are known."""
    version = ruleset.version
    fallback = (line.fallback if line else None) or ruleset.fallback
    if switches.emergency or (line and _has_emergency(line, switches)):
        return RoutingDecision("emergency", fallback, facts, version)
    if facts.caller.status is CallerStatus.BLOCKED:
        return RoutingDecision("blocked", ruleset.refusal, facts, version)
    if pinned := _pinned(facts, ruleset, switches):
        return RoutingDecision("pin", pinned, facts, version)
    for position, rule in enumerate(ruleset.rules):
        if rule.matches(facts):
            tried = ruleset.rules[: position + 1]
            return RoutingDecision(f"rule:{rule.name}", rule.variant_for(facts), facts, version, rule.name, tried)
    return _fallback(facts, line, ruleset, tried=ruleset.rules)


def _fallback(
    facts: KnownFacts, line: LineSpec | None, ruleset: Ruleset, *, tried: tuple[RuleSpec, ...]
) -> RoutingDecision:
    fallback = (line.fallback if line else None) or ruleset.fallback
    if fallback is None:
        return RoutingDecision("apology", None, facts, ruleset.version, tried=tried)
    reason = "line-fallback" if line and line.fallback else "site-fallback"
    return RoutingDecision(reason, fallback, facts, ruleset.version, tried=tried)


def _line_addresses(call: IncomingCall, region: str) -> Iterable[str]:
    yield from call.line_ids
    for text in call.line_numbers:
        yield text
        yield _number(text, region)
    yield from map(_sip_uri, call.line_sip_uris)


def _has_emergency(line: LineSpec, switches: Switches) -> bool:
    return not switches.emergency_lines.isdisjoint((line.name, line.number, line.sip_uri, line.vapi_id))


def _pinned(facts: KnownFacts, ruleset: Ruleset, switches: Switches) -> VariantSpec | None:
    """The variant that the caller is pinned to, by the first pin that has not run out and whose variant is published.

    The customer's own pin counts before one of the address.
    """
    customer, keys = facts.caller.customer, facts.caller.address.keys
    pins = [switches.pinned_customers.get(customer.pk) if customer else None, *map(switches.pinned_addresses.get, keys)]
    variants = (ruleset.variants.get(pin[0]) for pin in pins if pin and facts.at < pin[1])
    return next(filter(None, variants), None)


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

"""A simulated call's reason, caller and warnings in plain sentences."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from assistants.prompt_names import names_to_fill
from assistants.routing import RoutingDecision
from customers.directory import CallerStatus
from personalization.simulation import Simulation

BEFORE_RULES = {"emergency": "the emergency switch", "blocked": "a block", "pin": "a pin"}


def moment_in_words(moment: datetime, zone: str) -> str:
    """`Sat 21 Nov 2026, 00:40 in America/Denver`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M} in {zone}"


def answer_in_words(simulation: Simulation) -> str:
    """Who answers: `“VIP desk” answers`."""
    variant = simulation.decision.variant
    if variant is None and simulation.decision.facts.call.asks_for_transfer:
        return "The call is not transferred"
    if variant is None:
        return (
            "The caller hears our refusal" if simulation.decision.reason == "blocked" else "The caller hears an apology"
        )
    return f"“{variant.name}” answers"


def reason_in_words(simulation: Simulation) -> str:
    """Why it is this one who answers, as staff would say it."""
    decision = simulation.decision
    if decision.rule:
        return _rule_sentence(simulation)
    return {
        "emergency": _emergency,
        "blocked": _blocked,
        "pin": _pin,
        "line-fallback": _line_fallback,
        "site-fallback": _site_fallback,
        "apology": _apology,
    }[decision.reason](simulation)


def _caller(decision: RoutingDecision) -> str:
    customer = decision.facts.caller.customer
    return customer.name or customer.id if customer else "This caller"


def _rule_sentence(simulation: Simulation) -> str:
    decision = simulation.decision
    step = next(step for step in simulation.trace if step.rule.name == decision.rule)
    why = " and ".join(step.conditions) or "it holds for every caller"
    sentence = f"The rule “{decision.rule}” is the first that matches: {why}."
    if not step.rule.weights or decision.variant is None:
        return sentence
    part, total = step.rule.weights[decision.variant.name], sum(step.rule.weights.values())
    return (
        f"{sentence} It splits its callers, {part} of {total} to “{decision.variant.name}”; "
        "the same caller gets the same variant every time."
    )


def _emergency(simulation: Simulation) -> str:
    facts = simulation.decision.facts
    whose = "the whole site" if simulation.switches.emergency else f"the line “{facts.line}”"
    return f"The emergency switch of {whose} is on: every call gets the fallback, whoever is calling."


def _blocked(simulation: Simulation) -> str:
    if simulation.decision.facts.caller.customer is None:
        return "All customers with this number are blocked by staff: they hear the site's refusal."
    return f"{_caller(simulation.decision)} is blocked by staff and hears the site's refusal."


def _pin(simulation: Simulation) -> str:
    facts, switches = simulation.decision.facts, simulation.switches
    customer = facts.caller.customer
    by_customer = switches.pinned_customers.get(customer.pk) if customer else None
    by_number = (switches.pinned_addresses.get(key) for key in facts.caller.address.keys)
    name, until = by_customer or next(pin for pin in by_number if pin)
    who = _caller(simulation.decision) if by_customer else f"The number {facts.caller.address.shown}"
    return f"{who} is pinned to “{name}” until {moment_in_words(until, facts.line_timezone)}."


def _line_fallback(simulation: Simulation) -> str:
    return f"No rule matches, so the fallback of the line “{simulation.decision.facts.line}” answers."


def _site_fallback(simulation: Simulation) -> str:
    line = simulation.decision.facts.line
    why = f"the line “{line}” has no fallback of its own" if line else "we have not been told of this line"
    return f"No rule matches and {why}, so the site's fallback answers."


def _apology(simulation: Simulation) -> str:
    if simulation.decision.facts.call.asks_for_transfer:
        return "No rule that transfers calls matches, and no fallback is a transfer."
    return "No rule matches and there is no fallback: choose one in the site settings, or callers hear an apology."


def caller_in_words(simulation: Simulation) -> str:
    """What the number tells us of the caller."""
    caller = simulation.decision.facts.caller
    shown = caller.address.shown
    match caller.status:
        case CallerStatus.WITHHELD:
            return "The number is withheld, so nobody is looked up."
        case CallerStatus.UNKNOWN:
            return f"No active customer has {shown}." if shown else "This makes no sense as a number: nobody is found."
        case CallerStatus.AMBIGUOUS:
            return f"Several customers share {shown} and none is its main owner: nobody's data is disclosed."
        case CallerStatus.BLOCKED:
            return f"{shown} belongs to somebody whom staff have blocked."
        case _:
            return f"{shown} is known. {_memory(simulation)}"


def _memory(simulation: Simulation) -> str:
    """How many earlier calls there are to rest a decision on, and how the last one ended."""
    facts = simulation.decision.facts
    history = facts.history
    if not history.began_at:
        return "No earlier call is remembered."
    count = len(history.began_at)
    calls = "1 earlier call is remembered" if count == 1 else f"{count} earlier calls are remembered"
    if not history.last_ended_at:
        return f"{calls}."
    how = history.last_outcome or history.last_ended_reason or "nobody said how"
    return f"{calls}; the last one ended {moment_in_words(history.last_ended_at, facts.line_timezone)} ({how})."


def warnings(simulation: Simulation) -> list[str]:
    """What staff should know before they trust the result."""
    return list(_warnings(simulation))


def _warnings(simulation: Simulation) -> Iterator[str]:
    decision = simulation.decision
    address = decision.facts.caller.address
    if simulation.ruleset.version == 0 and not simulation.is_draft:
        yield "Nothing has been published yet, so there are no rules: publish the draft first."
    if decision.facts.line is None:
        names = ", ".join(line.name for line in simulation.ruleset.lines) or "none"
        yield (
            "We have not been told of this line, so only rules for every line and the site's fallback count. "
            f"Our lines: {names}."
        )
    if address.keys and not address.number and not address.keys[0].startswith("sip:"):
        yield f"“{address.shown}” is no telephone number: it is read as the identity that a SIP trunk sends."
    if missing := unfilled_names(simulation):
        names = ", ".join(f"{{{{{name}}}}}" for name in missing)
        yield f"Nothing fills {names}: callers hear a gap there. Add a variable of that name to the variant."


def unfilled_names(simulation: Simulation) -> list[str]:
    """The names in the answer's prompts that neither its variables nor Vapi nor the SIP headers fill."""
    answer = simulation.answer
    overrides = answer.get("assistantOverrides") or answer.get("squadOverrides") or {}
    filled = {*overrides.get("variableValues", {}), *simulation.decision.facts.call.sip_headers}
    spoken = {key: value for key, value in answer.items() if key in {"assistant", "squad"}}
    return [name for name in names_to_fill([spoken, overrides]) if name not in filled]

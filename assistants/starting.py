"""A call that we start for a customer: the line and variant that were named, and the decision."""

from datetime import datetime
from typing import Any

from assistants.incoming import IncomingCall, Transport
from assistants.live import Live
from assistants.routing import RoutingDecision, route_customer
from assistants.ruleset import LineSpec, Ruleset, VariantSpec
from customers.directory import Caller


class UnknownName(LookupError):
    """There is no such line or variant; `field` says which of the two, the sentence what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def decide_start(
    *, caller: Caller, line: LineSpec | None, variant: str, transport: Transport, live: Live, at: datetime
) -> RoutingDecision:
    """Who talks to this customer: by the rules, or the variant of that name. Raises UnknownName."""
    return route_customer(
        caller=caller,
        call=IncomingCall(transport=transport),
        line=line,
        ruleset=live.ruleset,
        at=at,
        switches=live.switches,
        asked_for=named_variant(live.ruleset, variant) if variant else None,
        signed_in=transport is Transport.WEB,
    )


def decided(decision: RoutingDecision) -> dict[str, Any]:
    """What is kept of a decision, by the names of the fields of a started call."""
    return {
        "line": decision.facts.line or "",
        "reason": decision.reason,
        "rule": decision.rule or "",
        "variant": decision.variant.name if decision.variant else "",
        "version": decision.version,
    }


def named_line(ruleset: Ruleset, name: str) -> LineSpec:
    """The published line of this name. Raises UnknownName."""
    if line := next((each for each in ruleset.lines if each.name == name), None):
        return line
    raise UnknownName("line", f"No published line is called “{name}”.")


def named_variant(ruleset: Ruleset, name: str) -> VariantSpec:
    """The published variant of this name. Raises UnknownName."""
    if variant := ruleset.variants.get(name):
        return variant
    raise UnknownName("variant", f"No published variant is called “{name}”.")

"""What a call to a customer would be: the line, the number, who talks, and the request to Vapi; nothing is done yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from assistants.decision_ids import new_decision_id, number_of
from assistants.document_shape import Kind
from assistants.incoming import Transport
from assistants.live import Live
from assistants.models import OutboundPolicy
from assistants.outbound_customer import contact_to_call, customer_dto
from assistants.outbound_notice import say_first
from assistants.outbound_permission import NotAllowed, calling_hours, check_country, check_customer, check_hours
from assistants.replies import assistant_reply, told_customer_id
from assistants.routing import RoutingDecision
from assistants.ruleset import LineSpec, Ruleset
from assistants.starting import UnknownName, decide_start, named_line
from assistants.vapi import Object
from customers.directory import known_customer
from customers.models import ContactPoint, Customer
from customers.phone_numbers import read_caller

NO_LINE = "No published line has an id at Vapi to call from: enter it at the line, and publish."
LONGEST_AHEAD = timedelta(days=30)
TALKING = {Kind.SAVED_ASSISTANT, Kind.SAVED_SQUAD, Kind.WHOLE_ASSISTANT, Kind.WHOLE_SQUAD}
_TRANSPORTS = {ContactPoint.Kind.PHONE: Transport.PHONE}


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to be called. Empty: the only line, the first number, who answers by the rules, at once."""

    customer: Customer
    line: str = ""
    phone: str = ""
    variant: str = ""
    earliest_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The call as it would be placed. `zone` is whose clock counts; `is_later` where Vapi is to wait until `due_at`."""

    wish: Wish
    line: LineSpec
    point: ContactPoint
    zone: str
    due_at: datetime
    is_later: bool
    decision: RoutingDecision
    decision_id: str

    @property
    def number_of_decision(self) -> str:
        """By which the call is found again."""
        return number_of(self.decision_id)


def plan_call(wish: Wish, *, live: Live, policy: OutboundPolicy, at: datetime) -> Plan:
    """The call, if it is allowed, all but for the limits of how many.

    Raises NotAllowed, UnknownName and NotTheirNumber.
    """
    check_customer(wish.customer, at=at)
    line = line_to_call_from(live.ruleset, wish.line)
    point = contact_to_call(wish.customer, wish.phone, region=line.region)
    check_country(point, policy)
    due_at = max(at, wish.earliest_at or at)
    if due_at > at + LONGEST_AHEAD:
        raise NotAllowed("too-far-ahead", f"Calls are planned at most {LONGEST_AHEAD.days} days ahead.")
    zone = wish.customer.timezone or line.timezone
    check_hours(policy, zone=zone, due_at=due_at)
    decision = decide_start(
        caller=known_customer(wish.customer.pk, read_caller(numbers=[point.value], sip_uris=[], region=line.region)),
        line=line,
        variant=wish.variant,
        transport=_TRANSPORTS.get(ContactPoint.Kind(point.kind), Transport.SIP),
        live=live,
        at=due_at,
    )
    if decision.variant is None or decision.variant.kind not in TALKING:
        raise NotAllowed(decision.reason, "The rules answer this customer with no assistant: name a variant.")
    decision_id = new_decision_id(told_customer_id(decision))
    return Plan(wish, line, point, zone, due_at, due_at > at, decision, decision_id)


def line_to_call_from(ruleset: Ruleset, name: str) -> LineSpec:
    """The line of this name, or the only one; raises UnknownName where it is not at Vapi, or must be named."""
    if name:
        line = named_line(ruleset, name)
        if not line.vapi_id:
            raise UnknownName("line", f"“{name}” has no id at Vapi: connect_phone_number or its page sets it.")
        return line
    lines = [line for line in ruleset.lines if line.vapi_id]
    if len(lines) == 1:
        return lines[0]
    which = ", ".join(f"“{line.name}”" for line in lines)
    sentence = f"Name one of the lines {which}." if lines else NO_LINE
    raise UnknownName("line", sentence)


def call_request(plan: Plan, policy: OutboundPolicy, *, saved_assistant: Callable[[str], Object]) -> Object:
    """The body of `POST /call`. Raises NotAllowed for the notice, and what `saved_assistant` raises."""
    reply = orjson.loads(orjson.dumps(assistant_reply(plan.decision, decision_id=plan.decision_id)))
    if policy.notice:
        say_first(policy.notice, reply, saved_assistant=saved_assistant)
    overrides = reply["squadOverrides" if "squadOverrides" in reply else "assistantOverrides"]
    overrides["metadata"] = {**plan.wish.metadata, **overrides["metadata"]}
    return {
        **reply,
        "phoneNumberId": plan.line.vapi_id,
        "customer": customer_dto(plan.wish.customer, plan.point),
        **({"schedulePlan": _schedule(plan, policy)} if plan.is_later else {}),
    }


def _schedule(plan: Plan, policy: OutboundPolicy) -> dict[str, str]:
    """From the wished moment until it is quiet again, so that no delay at Vapi wakes anybody."""
    quiet_at = calling_hours(policy).next_quiet(plan.due_at, plan.zone)
    latest = {"latestAt": quiet_at.isoformat()} if quiet_at else {}
    return {"earliestAt": plan.due_at.isoformat(), **latest}

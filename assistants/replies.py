"""A decision put into Vapi's words (ServerMessageResponseAssistantRequest in Vapi's OpenAPI)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistants.document_shape import Kind
from assistants.facts import KnownFacts
from assistants.later_messages import this_server
from assistants.placeholders import harmless
from assistants.routing import RoutingDecision
from assistants.ruleset import VariableSpec, VariantSpec
from assistants.speech import speak
from customers.directory import CallerStatus

APOLOGY = "Unable to find customer record. Please try again later."
APOLOGY_TO_CUSTOMERS = "We cannot take your call right now. Please try again later."
REFUSAL = "We are unable to take your call."

_SQUADS = {Kind.SAVED_SQUAD, Kind.WHOLE_SQUAD}


def assistant_reply(decision: RoutingDecision, *, decision_id: str) -> dict[str, Any]:
    """The answer to an assistant request; it may hold orjson fragments, so render it with orjson.

    `decision_id` comes back in the metadata of the call's later messages.
    """
    variant = decision.variant
    if variant is None:
        return {"error": _without_variant(decision)}
    if variant.kind == Kind.REFUSAL:
        return {"error": _refusal(variant, decision.facts)}
    if variant.kind == Kind.TRANSFER:
        return {"destination": variant.destination}
    values = variable_values(variant, decision.facts)
    overrides = {
        **variant.overrides,
        "variableValues": {**variant.overrides.get("variableValues", {}), **values},
        "metadata": {**variant.overrides.get("metadata", {}), **_metadata(decision, variant, values, decision_id)},
    }
    if variant.reports_here and (server := this_server(decision.facts.call.call_id, at=decision.facts.at)):
        overrides["server"] = server
    if variant.kind in _SQUADS:
        return {**_target("squad", variant, values), "squadOverrides": overrides}
    return {**_target("assistant", variant, values), "assistantOverrides": overrides}


def _target(what: str, variant: VariantSpec, values: Mapping[str, str]) -> dict[str, Any]:
    """The assistant or squad: whole, with the values embedded, or by its id at Vapi."""
    return {what: variant.template.fill(values)} if variant.template else {f"{what}Id": variant.vapi_id}


def apology(status: CallerStatus | None = None) -> str:
    """What a caller hears when there is nothing else to say; `status` is None where something broke."""
    unrecognised = {None, CallerStatus.UNKNOWN, CallerStatus.WITHHELD}
    return APOLOGY if status in unrecognised else APOLOGY_TO_CUSTOMERS


@dataclass(frozen=True, slots=True)
class ExplainedVariable:
    """A variable's value, and where it came from in words."""

    name: str
    value: str
    origin: str


def variable_values(variant: VariantSpec, facts: KnownFacts) -> dict[str, str]:
    """Each of the variant's variables with the caller's value, or its default: never empty, never missing."""
    disclosable = facts.disclosable()
    return {
        variable.name: _known_value(variable, disclosable) or harmless(variable.default)
        for variable in variant.variables
    }


def explain_variables(decision: RoutingDecision) -> tuple[ExplainedVariable, ...]:
    """The answer's variables for people, each with its origin."""
    facts = decision.facts.disclosable()
    return tuple(_explain(variable, facts) for variable in (decision.variant.variables if decision.variant else ()))


def _explain(variable: VariableSpec, facts: KnownFacts) -> ExplainedVariable:
    if known := _known_value(variable, facts):
        subject = f"{variable.trait.label} “{variable.parameter}”" if variable.parameter else variable.trait.label
        return ExplainedVariable(variable.name, known, f"known of the customer: {subject}")
    withheld = variable.verified and not facts.signed_in
    why = "verified: not disclosed on the phone" if withheld else "nothing is known"
    return ExplainedVariable(variable.name, harmless(variable.default), f"default ({why})")


def _known_value(variable: VariableSpec, facts: KnownFacts) -> str:
    """What is known of the caller and may be said; empty where the default must be said."""
    # A caller ID is a claim, so on the phone nobody gets what only a signed-in customer may hear.
    withheld = variable.verified and not facts.signed_in
    known = None if withheld else variable.trait.read(facts, variable.parameter)
    language = facts.caller.agreed.language
    words = speak(known, format_key=variable.format, argument=variable.format_argument, language=language) or ""
    spoken = harmless(words)
    if not spoken.strip():
        return ""
    return harmless(variable.trait.framed(words)) if variable.trait.framed else spoken


def told_customer_id(decision: RoutingDecision) -> str:
    """What `metadata.customerId` says of the decision's customer; empty where there is none."""
    customer = decision.facts.caller.customer
    return harmless(customer.id) if customer else ""


def _metadata(
    decision: RoutingDecision, variant: VariantSpec, values: dict[str, str], decision_id: str
) -> dict[str, Any]:
    customer = decision.facts.caller.customer
    facts = {
        "customerId": told_customer_id(decision),
        "customerName": harmless(customer.name) if customer else None,
        "rule": decision.rule,
        "variant": variant.name,
        "version": decision.version,
        "decisionId": decision_id,
    }
    ticked = {variable.name: values[variable.name] for variable in variant.variables if variable.in_metadata}
    return ticked | {name: value for name, value in facts.items() if value}


def _refusal(variant: VariantSpec, facts: KnownFacts) -> str:
    """The refusal in the caller's language, else in English, else in the language that stands first."""
    language = facts.caller.agreed.language.lower()
    for wanted in (language, language.partition("-")[0], "en"):
        if text := variant.refusals.get(wanted):
            return text
    return next(iter(variant.refusals.values()), REFUSAL)


def _without_variant(decision: RoutingDecision) -> str:
    if decision.reason == "blocked":
        return REFUSAL
    return apology(decision.facts.caller.status)

"""A decision put into Vapi's words (ServerMessageResponseAssistantRequest in Vapi's OpenAPI)."""

from typing import Any

from assistants.models import AssistantVariant
from assistants.placeholders import harmless
from assistants.routing import RoutingDecision
from assistants.ruleset import VariableSpec, VariantSpec
from assistants.traits import KnownFacts, as_text
from customers.directory import CallerStatus

APOLOGY = "Unable to find customer record. Please try again later."
APOLOGY_TO_CUSTOMERS = "We cannot take your call right now. Please try again later."
REFUSAL = "We are unable to take your call."


def assistant_reply(decision: RoutingDecision, *, decision_id: str) -> dict[str, Any]:
    """The answer to an assistant request; it may hold orjson fragments, so render it with orjson.

    `decision_id` comes back in the metadata of the call's later messages.
    """
    variant = decision.variant
    if variant is None:
        return {"error": _without_variant(decision)}
    if variant.kind == AssistantVariant.Kind.REFUSAL:
        return {"error": _refusal(variant, decision.facts)}
    values = variable_values(variant, decision.facts)
    overrides = {
        **variant.overrides,
        "variableValues": {**variant.overrides.get("variableValues", {}), **values},
        "metadata": {**variant.overrides.get("metadata", {}), **_metadata(decision, variant, values, decision_id)},
    }
    if variant.template is not None:
        return {"assistant": variant.template.fill(values), "assistantOverrides": overrides}
    return {"assistantId": variant.vapi_id, "assistantOverrides": overrides}


def apology(status: CallerStatus | None = None) -> str:
    """What a caller hears when there is nothing else to say; `status` is None where something broke."""
    unrecognised = {None, CallerStatus.UNKNOWN, CallerStatus.WITHHELD}
    return APOLOGY if status in unrecognised else APOLOGY_TO_CUSTOMERS


def variable_values(variant: VariantSpec, facts: KnownFacts) -> dict[str, str]:
    """Each of the variant's variables with the caller's value, or its default: never empty, never missing."""
    disclosable = facts.disclosable()
    return {variable.name: _value(variable, disclosable) for variable in variant.variables}


def _value(variable: VariableSpec, facts: KnownFacts) -> str:
    # A caller ID is a claim, so on the phone nobody gets what only a signed-in customer may hear.
    known = None if variable.verified else as_text(variable.trait.read(facts, variable.parameter))
    spoken = harmless(known or "")
    return spoken if spoken.strip() else harmless(variable.default)


def _metadata(
    decision: RoutingDecision, variant: VariantSpec, values: dict[str, str], decision_id: str
) -> dict[str, Any]:
    customer = decision.facts.caller.customer
    facts = {
        "customerId": harmless(customer.id) if customer else None,
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

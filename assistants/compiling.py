"""A document compiled into the ruleset that calls are decided by."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime

from assistants.models import AssistantVariant
from assistants.operators import OPERATORS, InvalidValue
from assistants.placeholders import Template
from assistants.ruleset import ConditionSpec, LineSpec, Ruleset, RuleSpec, VariableSpec, VariantSpec
from assistants.sentences import condition_sentence
from assistants.speech import PLAIN
from assistants.traits import TRAITS, usual_disclosure
from customers.phone_numbers import parse_sip_uri

logger = logging.getLogger("personalization.ruleset")

Facts = Mapping[str, Any]
Variants = Mapping[str, VariantSpec]
Kind = AssistantVariant.Kind

_WHOLE = {Kind.WHOLE_ASSISTANT, Kind.WHOLE_SQUAD}


def compile_document(document: Facts, *, version: int) -> Ruleset:
    """The ruleset of a document that is free of problems (see checking.py); disabled rules are left out."""
    variants = {name: _variant(name, facts) for name, facts in document.get("variants", {}).items()}
    site = document.get("site", {})
    lines = tuple(_line(name, facts, variants) for name, facts in document.get("lines", {}).items())
    rules = [(name, facts) for name, facts in document.get("rules", {}).items() if facts.get("enabled", True)]
    return Ruleset(
        version=version,
        rules=tuple(_readable_rules(sorted(rules, key=lambda rule: rule[1]["priority"]), variants)),
        lines=lines,
        variants=variants,
        holidays={
            name: frozenset(map(date.fromisoformat, dates)) for name, dates in document.get("holidays", {}).items()
        },
        fallback=variants.get(site.get("fallback", "")),
        refusal=variants.get(site.get("refusal", "")),
        lines_by_address={
            address: line for line in lines for address in (line.vapi_id, line.number, line.sip_uri) if address
        },
    )


def _readable_rules(rules: Iterable[tuple[str, Facts]], variants: Variants) -> Iterable[RuleSpec]:
    """The rules as specs. One that cannot be read, which no form would save, must not silence all others."""
    for name, facts in rules:
        try:
            yield _rule(name, facts, variants)
        except (InvalidValue, KeyError) as error:
            logger.error("rule %r is left out, it cannot be read: %s", name, error)


def _variant(name: str, facts: Facts) -> VariantSpec:
    variables = tuple(_variable(variable, values) for variable, values in facts.get("variables", {}).items())
    names = [variable.name for variable in variables]
    return VariantSpec(
        name=name,
        kind=facts["kind"],
        vapi_id=facts.get("vapi_id", ""),
        template=Template.compile(facts["document"], names) if facts["kind"] in _WHOLE else None,
        overrides=facts.get("overrides", {}),
        variables=variables,
        refusals={language.lower(): text for language, text in facts.get("refusal_texts", {}).items()},
        destination=_destination(facts) if facts["kind"] == Kind.TRANSFER else {},
        reports_here=facts.get("reports_here", False),
    )


def _variable(name: str, facts: Facts) -> VariableSpec:
    return VariableSpec(
        name=name,
        trait=TRAITS[facts["trait"]],
        default=facts["default"],
        parameter=facts.get("parameter", ""),
        format=facts.get("format", PLAIN.key),
        format_argument=facts.get("format_argument", ""),
        verified=facts.get("disclosure", usual_disclosure(facts["trait"])) == "verified",
        in_metadata=facts.get("in_metadata", False),
    )


def _destination(facts: Facts) -> Facts:
    """Vapi's TransferDestinationNumber or TransferDestinationSip; an empty message transfers silently."""
    target = facts["transfer_to"]
    if target.lower().startswith(("sip:", "sips:")):
        headers = facts.get("transfer_sip_headers")
        return {"type": "sip", "sipUri": target, "message": ""} | ({"sipHeaders": headers} if headers else {})
    optional = {"extension": facts.get("transfer_extension"), "callerId": facts.get("transfer_caller_id")}
    return {"type": "number", "number": target, "message": ""} | {
        key: value for key, value in optional.items() if value
    }


def _rule(name: str, facts: Facts, variants: Variants) -> RuleSpec:
    weights = facts.get("split", {})
    answering = weights or [facts["variant"]]
    return RuleSpec(
        name=name,
        variants=tuple(variants[variant] for variant in answering),
        weights=weights,
        lines=frozenset(facts.get("lines", ())),
        valid_from=parse_datetime(facts["valid_from"]) if "valid_from" in facts else None,
        valid_until=parse_datetime(facts["valid_until"]) if "valid_until" in facts else None,
        conditions=tuple(map(_condition, facts.get("conditions", ()))),
    )


def _condition(facts: Facts) -> ConditionSpec:
    trait, operator = TRAITS[facts["trait"]], OPERATORS[facts["operator"]]
    parameter, value = facts.get("parameter", ""), facts.get("value", "")
    sentence = condition_sentence(trait=trait.key, parameter=parameter, operator=operator.key, value=value)
    return ConditionSpec(trait, parameter, operator, operator.parse(value, trait.type), sentence)


def _line(name: str, facts: Facts, variants: Variants) -> LineSpec:
    return LineSpec(
        name=name,
        region=facts.get("region", settings.DEFAULT_REGION),
        timezone=facts.get("timezone", "UTC"),
        number=facts.get("number", ""),
        sip_uri=parse_sip_uri(facts["sip_uri"]) if facts.get("sip_uri") else "",
        vapi_id=facts.get("vapi_id", ""),
        fallback=variants.get(facts.get("fallback", "")),
    )

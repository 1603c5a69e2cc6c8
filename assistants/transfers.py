"""Where an assistant transfers a call to when it asks: by the rules that decide calls, of which only transfers count.

Rules are tried in order as ever. One that hands the call to an assistant is no answer here and is passed over, and so
are such pins and fallbacks; of a split only the transfers take part.
"""

from dataclasses import replace

from assistants.models import AssistantVariant
from assistants.ruleset import LineSpec, Ruleset, RuleSpec, VariantSpec


def only_transfers(ruleset: Ruleset) -> Ruleset:
    """The ruleset by which such requests are decided."""
    return replace(
        ruleset,
        rules=tuple(map(_with_transfers, filter(transfers_calls, ruleset.rules))),
        variants={name: variant for name, variant in ruleset.variants.items() if _is_transfer(variant)},
        fallback=_if_transfer(ruleset.fallback),
        lines_by_address={address: _with_transfer(line) for address, line in ruleset.lines_by_address.items()},
    )


def transfers_calls(rule: RuleSpec) -> bool:
    """Whether the rule can answer an assistant that asks where to transfer the call."""
    return any(map(_is_transfer, rule.variants))


def _is_transfer(variant: VariantSpec) -> bool:
    return variant.kind == AssistantVariant.Kind.TRANSFER


def _if_transfer(variant: VariantSpec | None) -> VariantSpec | None:
    return variant if variant and _is_transfer(variant) else None


def _with_transfers(rule: RuleSpec) -> RuleSpec:
    variants = tuple(filter(_is_transfer, rule.variants))
    weights = {variant.name: rule.weights[variant.name] for variant in variants if variant.name in rule.weights}
    return replace(rule, variants=variants, weights=weights)


def _with_transfer(line: LineSpec) -> LineSpec:
    return replace(line, fallback=_if_transfer(line.fallback))

"""The rows that staff keep, compiled into the ruleset that calls are decided by."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import OperationalError, connection

from assistants.models import AssistantVariant, Condition, Line, RoutingRule, SiteSettings, Variable
from assistants.operators import OPERATORS, InvalidValue
from assistants.placeholders import Template
from assistants.ruleset import ConditionSpec, LineSpec, Ruleset, RuleSpec, VariableSpec, VariantSpec
from assistants.traits import TRAITS

logger = logging.getLogger("personalization.ruleset")

# How long a process goes on without asking whether the rules changed. Short enough that staff never notice, long
# enough that under load the question costs nothing per call.
FRESH_FOR_S = 0.02


@dataclass(slots=True)
class _Held:
    """The ruleset that this process holds, the rows' revision it came from, and when that was last confirmed."""

    ruleset: Ruleset | None = None
    revision: int | None = None
    confirmed_at: float = float("-inf")


_held = _Held()


def current_ruleset() -> Ruleset:
    """The ruleset of the rows as they are now, compiled again only when one of them has changed."""
    now = time.monotonic()
    if _held.ruleset is not None and now - _held.confirmed_at < FRESH_FOR_S:
        return _held.ruleset
    revision = _revision()
    if _held.ruleset is None or revision is None or revision != _held.revision:
        _held.ruleset = compile_ruleset()
        _held.revision = revision
    _held.confirmed_at = now
    return _held.ruleset


def compile_ruleset() -> Ruleset:
    """The ruleset of the rows as they are now: seven queries, however many rules there are."""
    variants = {variant.pk: _variant(variant) for variant in _variants()}
    site = SiteSettings.objects.first() or SiteSettings()
    rules = RoutingRule.objects.filter(enabled=True).prefetch_related("lines", "conditions")
    compiled_lines = [(line, _line(line, variants)) for line in Line.objects.all()]
    return Ruleset(
        version=1,
        rules=tuple(_readable_rules(rules, variants)),
        lines_by_vapi_id={line.vapi_id: spec for line, spec in compiled_lines if line.vapi_id},
        lines_by_number={line.number: spec for line, spec in compiled_lines if line.number},
        lines_by_sip_uri={line.sip_uri: spec for line, spec in compiled_lines if line.sip_uri},
        fallback=variants.get(site.fallback_id or 0),
        refusal=variants.get(site.refusal_id or 0),
        emergency=site.emergency,
    )


def _revision() -> int | None:
    try:
        return _read_revision()
    except OperationalError:
        # The connection may have died while it lay idle; a new one is tried once.
        connection.close()
        return _read_revision()


def _read_revision() -> int | None:
    # A third of what the ORM takes: on a quiet server every call asks this.
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM assistants_sitesettings")
        row = cursor.fetchone()
    return row[0] if row else None


def _variants() -> Iterable[AssistantVariant]:
    return AssistantVariant.objects.prefetch_related("variables", "refusal_texts")


def _variant(variant: AssistantVariant) -> VariantSpec:
    variables = tuple(map(_variable, variant.variables.all()))
    return VariantSpec(
        name=variant.name,
        kind=variant.kind,
        vapi_id=variant.vapi_id,
        template=_template(variant, variables),
        overrides=variant.overrides,
        variables=variables,
        refusals={text.language.lower(): text.text for text in variant.refusal_texts.all()},
    )


def _template(variant: AssistantVariant, variables: tuple[VariableSpec, ...]) -> Template | None:
    if variant.document is None or variant.kind != AssistantVariant.Kind.WHOLE_ASSISTANT:
        return None
    return Template.compile(variant.document, [variable.name for variable in variables])


def _variable(variable: Variable) -> VariableSpec:
    return VariableSpec(
        name=variable.name,
        trait=TRAITS[variable.trait],
        parameter=variable.parameter,
        default=variable.default,
        verified=variable.disclosure == Variable.Disclosure.VERIFIED,
        in_metadata=variable.in_metadata,
    )


def _readable_rules(rules: Iterable[RoutingRule], variants: dict[int, VariantSpec]) -> Iterable[RuleSpec]:
    """The rules as specs. One that cannot be read, which no form would save, must not silence all others."""
    for rule in rules:
        try:
            yield _rule(rule, variants)
        except (InvalidValue, KeyError) as error:
            logger.error("rule %r is left out, its conditions cannot be read: %s", rule.name, error)


def _rule(rule: RoutingRule, variants: dict[int, VariantSpec]) -> RuleSpec:
    return RuleSpec(
        name=rule.name,
        variant=variants[rule.variant_id],
        lines=frozenset(line.name for line in rule.lines.all()),
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        conditions=tuple(map(_condition, rule.conditions.all())),
    )


def _condition(condition: Condition) -> ConditionSpec:
    trait, operator = TRAITS[condition.trait], OPERATORS[condition.operator]
    expected = operator.parse(condition.value, trait.type)
    return ConditionSpec(trait, condition.parameter, operator, expected, sentence=str(condition))


def _line(line: Line, variants: dict[int, VariantSpec]) -> LineSpec:
    return LineSpec(
        name=line.name,
        region=line.region or settings.DEFAULT_REGION,
        timezone=line.timezone,
        fallback=variants.get(line.fallback_id or 0),
        emergency=line.emergency,
    )

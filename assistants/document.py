"""The draft's rows as one document of plain values, and back.

The same document is what publishing stores, what calls are decided by, what `dump_assistants` writes as YAML and
`load_assistants` reads: names are keys, and what is as by default is left out.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.dateparse import parse_datetime

from assistants.models import (
    AssistantVariant,
    Condition,
    HolidayList,
    Line,
    RefusalText,
    RoutingRule,
    Share,
    SiteSettings,
    Variable,
)
from assistants.speech import PLAIN
from assistants.traits import usual_disclosure

Document = dict[str, Any]

SECTIONS = ("site", "holidays", "lines", "variants", "rules")


def draft_document() -> Document:
    """The draft as it stands, in a stable order: rules as they are tried, everything else by name."""
    site = SiteSettings.objects.select_related("fallback", "refusal").first()
    return _present(
        site=_present(fallback=_name(site and site.fallback), refusal=_name(site and site.refusal)),
        holidays={each.name: sorted(day.isoformat() for day in each.dates) for each in HolidayList.objects.all()},
        lines={line.name: _line(line) for line in Line.objects.select_related("fallback")},
        variants={
            variant.name: _variant(variant)
            for variant in AssistantVariant.objects.prefetch_related("variables", "refusal_texts")
        },
        rules={rule.name: _rule(rule) for rule in _rules()},
    )


def _present(**facts: Any) -> Document:
    """What is there; nothing, empty texts and empty lists say nothing."""
    return {name: value for name, value in facts.items() if value not in (None, "", [], {})}


def _name(row: Any) -> str:
    return row.name if row else ""


def _line(line: Line) -> Document:
    return _present(
        number=line.number,
        sip_uri=line.sip_uri,
        vapi_id=line.vapi_id,
        region=line.region,
        timezone=line.timezone,
        fallback=_name(line.fallback),
    )


def _variant(variant: AssistantVariant) -> Document:
    return _present(
        kind=variant.kind,
        vapi_id=variant.vapi_id,
        document=variant.document,
        overrides=variant.overrides,
        reports_here=variant.reports_here or None,
        transfer_to=variant.transfer_to,
        transfer_caller_id=variant.transfer_caller_id,
        transfer_extension=variant.transfer_extension,
        transfer_sip_headers=variant.transfer_sip_headers,
        refusal_texts={each.language: each.text for each in variant.refusal_texts.all()},
        variables={each.name: _variable(each) for each in variant.variables.all()},
    )


def _variable(variable: Variable) -> Document:
    return _present(
        trait=variable.trait,
        parameter=variable.parameter,
        format="" if variable.format == PLAIN.key else variable.format,
        format_argument=variable.format_argument,
        default=variable.default,
        disclosure="" if variable.disclosure == usual_disclosure(variable.trait) else variable.disclosure,
        in_metadata=variable.in_metadata or None,
    )


def _rules() -> Iterable[RoutingRule]:
    return RoutingRule.objects.select_related("variant").prefetch_related("lines", "conditions", "shares__variant")


def _rule(rule: RoutingRule) -> Document:
    return _present(
        priority=rule.priority,
        enabled=None if rule.enabled else False,
        lines=[line.name for line in rule.lines.all()],
        valid_from=_iso(rule.valid_from),
        valid_until=_iso(rule.valid_until),
        conditions=[_condition(condition) for condition in rule.conditions.all()],
        variant=_name(rule.variant),
        split={share.variant.name: share.weight for share in rule.shares.all()},
    )


def _condition(condition: Condition) -> Document:
    return _present(
        trait=condition.trait, parameter=condition.parameter, operator=condition.operator, value=condition.value
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@transaction.atomic
def write_draft(document: Mapping[str, Any], *, prune: bool = True) -> None:
    """Makes the draft's rows what `document` says. It must be free of problems (see checking.py).

    Rows are kept by their names, so that switches, pins and history stay with them. With `prune`, what the
    document does not name goes, and fields that it leaves out return to their defaults.
    """
    variants = {name: _write_variant(name, facts) for name, facts in document.get("variants", {}).items()}
    known = {variant.name: variant for variant in AssistantVariant.objects.all()} | variants
    for name, dates in document.get("holidays", {}).items():
        HolidayList.objects.update_or_create(name=name, defaults={"dates": dates})
    _write_lines(document.get("lines", {}), known)
    _write_rules(document.get("rules", {}), known)
    site = document.get("site", {})
    SiteSettings.objects.update_or_create(
        pk=1,
        defaults={each: known.get(site.get(each, "")) for each in ("fallback", "refusal") if prune or each in site},
    )
    if prune:
        _prune(document)


def _write_variant(name: str, facts: Mapping[str, Any]) -> AssistantVariant:
    fields = ("kind", "vapi_id", "document", "overrides", "reports_here")
    transfer = ("transfer_to", "transfer_caller_id", "transfer_extension", "transfer_sip_headers")
    variant, _ = AssistantVariant.objects.update_or_create(
        name=name, defaults=_or_default(AssistantVariant, facts, (*fields, *transfer))
    )
    variant.variables.all().delete()
    Variable.objects.bulk_create(
        Variable(variant=variant, name=variable, **{"disclosure": usual_disclosure(values["trait"])} | values)
        for variable, values in facts.get("variables", {}).items()
    )
    variant.refusal_texts.all().delete()
    RefusalText.objects.bulk_create(
        RefusalText(variant=variant, language=language, text=text)
        for language, text in facts.get("refusal_texts", {}).items()
    )
    return variant


def _write_lines(lines: Mapping[str, Any], variants: Mapping[str, AssistantVariant]) -> None:
    # Identifiers are unique, and a line has at least one: two lines that swap theirs let go of them first.
    Line.objects.filter(name__in=lines).update(
        number=None, sip_uri=None, vapi_id=Concat(Value("released:"), Cast("pk", CharField()))
    )
    for name, facts in lines.items():
        values = _or_default(Line, facts, ("number", "sip_uri", "vapi_id", "region", "timezone"))
        Line.objects.update_or_create(
            name=name, defaults={**values, "fallback": variants.get(facts.get("fallback", ""))}
        )


def _write_rules(rules: Mapping[str, Any], variants: Mapping[str, AssistantVariant]) -> None:
    lines = {line.name: line for line in Line.objects.all()}
    for name, facts in rules.items():
        values = _or_default(RoutingRule, facts, ("priority", "enabled"))
        window = {
            each: parse_datetime(facts[each]) if each in facts else None for each in ("valid_from", "valid_until")
        }
        rule, _ = RoutingRule.objects.update_or_create(
            name=name, defaults={**values, **window, "variant": variants.get(facts.get("variant", ""))}
        )
        rule.lines.set([lines[line] for line in facts.get("lines", [])])
        rule.conditions.all().delete()
        Condition.objects.bulk_create(Condition(rule=rule, **values) for values in facts.get("conditions", []))
        rule.shares.all().delete()
        Share.objects.bulk_create(
            Share(rule=rule, variant=variants[variant], weight=weight)
            for variant, weight in facts.get("split", {}).items()
        )


def _prune(document: Mapping[str, Any]) -> None:
    RoutingRule.objects.exclude(name__in=document.get("rules", {})).delete()
    Line.objects.exclude(name__in=document.get("lines", {})).delete()
    AssistantVariant.objects.exclude(name__in=document.get("variants", {})).delete()
    HolidayList.objects.exclude(name__in=document.get("holidays", {})).delete()


def _or_default(model: Any, facts: Mapping[str, Any], fields: Iterable[str]) -> Document:
    return {field: facts[field] if field in facts else model._meta.get_field(field).get_default() for field in fields}

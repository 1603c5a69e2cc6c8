"""The admin's page that simulates a call: a form whose whole question stands in the address, and its answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from assistants.models import AssistantVariant, RoutingRule
from customers import admin_pages
from customers.admin_pages import demand
from customers.models import Customer
from personalization import simulation_words as words
from personalization.simulation import CannotSimulate, Simulation, simulate
from personalization.simulation_form import BOTH, DRAFT, PUBLISHED, TRANSFER, SimulationForm
from personalization.simulation_trace import Step

PERMISSIONS = ("assistants.view_routingrule", "customers.view_customer")
# Enough to recognise a family or an office; more would bury the page.
_MOST_OWNERS = 10
_KINDS = {"+": "added", "-": "removed", " ": "same", "@": "same"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One result as the page shows it, in sentences and with links into the admin; links are empty where none fits."""

    simulation: Simulation
    answer: str
    reason: str
    caller: str
    owners: list[Customer]
    warnings: list[str]
    local_time: str
    trace: list[tuple[Step, str]]
    fixed_values: dict[str, str]
    variant_url: str

    @property
    def before_rules(self) -> str:
        """What decided before any rule was asked; empty where rules were asked."""
        return words.BEFORE_RULES.get(self.simulation.decision.reason, "")


def page(request: HttpRequest) -> HttpResponse:
    """The form, and once a number is asked for (an empty one is a withheld number) who would answer and why."""
    demand(request, *PERMISSIONS)
    form = SimulationForm(request.GET.dict() if "number" in request.GET else None)
    results: list[Shown] = []
    if form.is_bound and form.is_valid():
        results = list(_results(form))
    return admin_pages.page(
        request,
        "personalization/simulation.html",
        title="Simulate a call",
        form=form,
        results=results,
        lasting_link=_lasting_link(form) if results else "",
        **_comparison(results),
    )


def _results(form: SimulationForm) -> Iterator[Shown]:
    asked = form.cleaned_data
    for by in [PUBLISHED, DRAFT] if asked["by"] == BOTH else [asked["by"]]:
        try:
            yield _shown(
                simulate(
                    number=asked["number"],
                    line=form.line_address,
                    at=asked["moment"],
                    draft=by == DRAFT,
                    sip_headers=asked["sip_headers"],
                    transfer=asked["asks"] == TRANSFER,
                )
            )
        except CannotSimulate as error:
            form.add_error("by", str(error))


def _shown(simulation: Simulation) -> Shown:
    decision = simulation.decision
    facts, variant = decision.facts, decision.variant
    rules = dict(RoutingRule.objects.values_list("name", "pk"))
    return Shown(
        simulation=simulation,
        answer=words.answer_in_words(simulation),
        reason=words.reason_in_words(simulation),
        caller=words.caller_in_words(simulation),
        owners=_owners(facts.caller.address.keys),
        warnings=words.warnings(simulation),
        local_time=words.moment_in_words(facts.at, facts.line_timezone),
        trace=[(step, _link("routingrule", rules.get(step.rule.name))) for step in simulation.trace],
        fixed_values=_fixed_values(simulation),
        variant_url=_link("assistantvariant", _pk(variant.name) if variant else None),
    )


def _pk(variant: str) -> int | None:
    return AssistantVariant.objects.filter(name=variant).values_list("pk", flat=True).first()


def _link(model: str, pk: int | None) -> str:
    return reverse(f"admin:assistants_{model}_change", args=[pk]) if pk else ""


def _owners(keys: tuple[str, ...]) -> list[Customer]:
    """The customers who have this number, the inactive ones too, whom a call does not find."""
    owners = Customer.objects.filter(contact_points__value__in=keys).distinct()
    return list(owners.order_by("-active", "name", "pk")[:_MOST_OWNERS])


def _fixed_values(simulation: Simulation) -> dict[str, str]:
    """The values that stand in the variant's overrides and not in its variables."""
    overrides = simulation.answer.get("assistantOverrides") or simulation.answer.get("squadOverrides") or {}
    ours = {variable.name for variable in simulation.variables}
    return {name: str(value) for name, value in overrides.get("variableValues", {}).items() if name not in ours}


def _lasting_link(form: SimulationForm) -> str:
    """The same question with its moment, where that was left to the clock; empty where the address itself lasts."""
    if form.cleaned_data["at"]:
        return ""
    moment: datetime = form.cleaned_data["moment"]
    asked = {name: form.data.get(name, "") for name in form.fields}
    return "?" + urlencode(asked | {"at": moment.astimezone(UTC).replace(tzinfo=None).isoformat(), "zone": "UTC"})


def _comparison(results: list[Shown]) -> dict[str, Any]:
    if len(results) < 2:
        return {}
    today, after = results
    lines = unified_diff(
        today.simulation.readable_reply.splitlines(), after.simulation.readable_reply.splitlines(), n=2, lineterm=""
    )
    changes = [line for line in lines if not line.startswith(("---", "+++"))]
    return {"compared": True, "today": today, "after": after, "changes": [(_KINDS[line[:1]], line) for line in changes]}

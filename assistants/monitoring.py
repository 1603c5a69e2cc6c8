"""Who can listen in on calls and steer them while they last: the monitorPlan of each assistant that answers here.

Vapi gives every call two addresses for that, and by default they ask for no key (MonitorPlan in Vapi's API).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assistants.models import AssistantVariant
from assistants.vapi import Object

Facts = Mapping[str, Any]
Kind = AssistantVariant.Kind

_WAYS = (
    ("listen in on", "listenEnabled", "listenAuthenticationEnabled"),
    ("steer", "controlEnabled", "controlAuthenticationEnabled"),
)


def open_monitors(variants: Mapping[str, Facts], *, assistants: list[Object], squads: list[Object]) -> Iterator[str]:
    """A sentence for each variant (by name, in the document's form) whose calls strangers could hear or steer.

    `assistants` and `squads` are those that are saved at Vapi.
    """
    saved = {each["id"]: each for each in [*assistants, *squads]}
    for name, variant in variants.items():
        plans = list(_plans(variant, saved))
        open_ways = [way for way in _WAYS if any(_is_open(plan, way) for plan in plans)]
        if open_ways:
            what = " and ".join(words for words, _, _ in open_ways)
            switches = " and ".join(switch for _, _, switch in open_ways)
            yield f"Variant “{name}”: whoever learns a live call's address can {what} it: set {switches} (monitorPlan)."


def _is_open(plan: Facts, way: tuple[str, str, str]) -> bool:
    _, enabled, protected = way
    return plan.get(enabled) is not False and plan.get(protected) is not True


def _plans(variant: Facts, saved: Mapping[str, Facts]) -> Iterator[Facts]:
    """The monitorPlan of each assistant that speaks for the variant; what is laid over it comes first."""
    over = _plan(variant.get("overrides"))
    for assistant, member_over in _assistants(variant, saved):
        yield over or member_over or _plan(assistant) or {}


def _assistants(variant: Facts, saved: Mapping[str, Facts]) -> Iterator[tuple[Facts, Facts | None]]:
    whole = variant.get("document") or {}
    match variant["kind"]:
        case Kind.SAVED_ASSISTANT if variant.get("vapi_id") in saved:
            yield saved[variant["vapi_id"]], None
        case Kind.WHOLE_ASSISTANT:
            yield whole, None
        case Kind.SAVED_SQUAD | Kind.WHOLE_SQUAD:
            squad = whole or saved.get(variant.get("vapi_id", ""), {})
            for member in squad.get("members") or []:
                assistant = member.get("assistant") or saved.get(member.get("assistantId", ""), {})
                yield assistant, _plan(member.get("assistantOverrides"))


def _plan(facts: Facts | None) -> Facts | None:
    plan = (facts or {}).get("monitorPlan")
    return plan if isinstance(plan, dict) else None

"""Which assistants and squads are saved at Vapi, and which variants point at none of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from assistants.models import AssistantVariant, SavedAtVapi
from assistants.prompt_names import names_to_fill
from assistants.reports_reach_us import elsewhere, other_servers

Kind = AssistantVariant.Kind
Facts = Mapping[str, Any]

_WORDS = dict(SavedAtVapi.KINDS)


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many there are at Vapi, and what is different since it was last looked."""

    assistants: int
    squads: int
    new: int
    gone: int

    def __str__(self) -> str:
        counts = f"{_count(self.assistants, 'assistant')} and {_count(self.squads, 'squad')}"
        return f"{counts} at Vapi: {self.new} new, {self.gone} gone."


@transaction.atomic
def remember(*, assistants: Iterable[Facts], squads: Sequence[Facts], at: datetime) -> Remembered:
    """Keeps what Vapi lists (objects as its API sends them) in the place of what was known."""
    found = [_saved(each, Kind.SAVED_ASSISTANT, names_to_fill(each), at) for each in assistants]
    names = {each.vapi_id: each.variables for each in found}
    members = [_saved(each, Kind.SAVED_SQUAD, _squad_names(each, names), at) for each in squads]
    with_servers = {each.vapi_id for each in found if each.sends_elsewhere}
    for squad, saved in zip(squads, members, strict=True):
        saved.sends_elsewhere |= not with_servers.isdisjoint(_member_ids(squad))
    before = set(SavedAtVapi.objects.values_list("vapi_id", flat=True))
    now = {each.vapi_id for each in [*found, *members]}
    SavedAtVapi.objects.all().delete()
    SavedAtVapi.objects.bulk_create([*found, *members])
    return Remembered(assistants=len(found), squads=len(members), new=len(now - before), gone=len(before - now))


def _saved(facts: Facts, kind: Kind, variables: list[str], at: datetime) -> SavedAtVapi:
    name = str(facts.get("name") or "")[:200]
    return SavedAtVapi(
        vapi_id=facts["id"],
        kind=kind.value,
        name=name,
        variables=variables,
        sends_elsewhere=bool(other_servers(facts)),
        seen_at=at,
    )


def _squad_names(squad: Facts, of_assistants: Mapping[str, list[str]]) -> list[str]:
    """What the squad's own texts use, and what those of its saved members do."""
    saved = [name for vapi_id in _member_ids(squad) for name in of_assistants.get(vapi_id, [])]
    return list(dict.fromkeys([*names_to_fill(squad), *saved]))


def _member_ids(squad: Facts) -> list[str]:
    members = squad.get("members") or []
    return [member["assistantId"] for member in members if isinstance(member, dict) and member.get("assistantId")]


def warnings(variant: Facts) -> Iterator[str]:
    """Sentences about a variant (in the document's form) that points at nothing, or at what it does not fill.

    None where Vapi was never asked.
    """
    known = {each.vapi_id: each for each in SavedAtVapi.objects.all()}
    if not known:
        return
    for kind, vapi_id in _pointers(variant):
        saved = known.get(vapi_id)
        if saved is None:
            yield f"Vapi has no {_WORDS[kind]} “{vapi_id}” (as sync_assistants last saw): callers would hear nothing."
        elif saved.kind != kind:
            yield f"“{vapi_id}” is the {_WORDS[saved.kind]} “{saved}” at Vapi, not the id of a {_WORDS[kind]}."
        else:
            if saved.sends_elsewhere:
                yield elsewhere(variant, f"the server that “{saved}” has at Vapi")
            if variant["kind"] == kind:
                yield from _unfilled(variant, saved)


def _pointers(variant: Facts) -> Iterator[tuple[str, str]]:
    """The kinds and ids of what the variant takes from Vapi."""
    match variant["kind"]:
        case Kind.SAVED_ASSISTANT | Kind.SAVED_SQUAD:
            yield variant["kind"], variant.get("vapi_id", "")
        case Kind.WHOLE_SQUAD:
            for vapi_id in _member_ids(variant.get("document") or {}):
                yield Kind.SAVED_ASSISTANT.value, vapi_id


def _unfilled(variant: Facts, saved: SavedAtVapi) -> Iterator[str]:
    values = (variant.get("overrides") or {}).get("variableValues") or {}
    missing = [name for name in saved.variables if name not in variant.get("variables", {}) and name not in values]
    if missing:
        names = ", ".join(f"{{{{{name}}}}}" for name in missing)
        yield f"“{saved}” at Vapi says {names}, which nothing here fills: add a variable of that name."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

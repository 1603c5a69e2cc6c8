"""The impact of publishing, counted in slices that the page asks for one after another; nothing is remembered here."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django import forms
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone

from assistants.admin.impact_on_calls import impact_on_calls
from assistants.admin.pages import MAY_SEE, demand
from assistants.checking import problems
from assistants.compiling import compile_document
from assistants.document import Document, draft_document
from assistants.impact import Comparison, Shift, comparisons, first_shift
from assistants.impact_summary import summary
from assistants.live import read_switches
from assistants.models import Proposal
from assistants.publishing import difference_shown, published_document
from assistants.ruleset import Ruleset, Switches
from customers.directory import Caller, find_caller
from customers.everybody import MOST_ASKED, Person, count_everybody, everybody
from customers.phone_numbers import read_caller

MOST_EXAMPLES = 20
_MAY_NAME_CUSTOMERS = "customers.view_customer"
_SLICE_S = 0.5


class CannotJudge(Exception):
    """A document with problems decides nothing; the sentence names the first."""


class SliceForm(forms.Form):
    """What the page asks for: where it stands, and what the slices before this one have counted; or the last calls."""

    at = forms.DateTimeField(required=False)
    proposal = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    asked = forms.IntegerField(required=False, min_value=0)
    changed = forms.IntegerField(required=False, min_value=0)
    total = forms.IntegerField(required=False, min_value=0)
    calls = forms.BooleanField(required=False)


@dataclass(slots=True)
class Slice:
    """Some customers, counted: the last one's id, None once everybody was asked, and who would hear what else."""

    after: int | None = None
    asked: int = 0
    changed: dict[Shift, list[Person]] = field(default_factory=lambda: defaultdict(list))


def impact_view(request: HttpRequest) -> JsonResponse:
    """One slice of the count: about half a second of work, as JSON that also says where the next slice begins.

    With `calls` it is the last slice instead, of calls that came.

    What cannot be counted is said in a sentence under `problem`. `basis` stands for both versions compared: where it
    changes from one slice to the next, the page begins anew.
    """
    demand(request, MAY_SEE)
    form = SliceForm(request.GET)
    if not form.is_valid():
        mistakes = (f"{name}: {error}" for name, errors in form.errors.items() for error in errors)
        return JsonResponse({"problem": f"This cannot be counted. {' '.join(mistakes)}"})
    try:
        return JsonResponse(_answer(form.cleaned_data, names=request.user.has_perm(_MAY_NAME_CUSTOMERS)))
    except CannotJudge as error:
        return JsonResponse({"problem": str(error)})


def _answer(wanted: dict[str, Any], *, names: bool) -> dict[str, Any]:
    document = _document(wanted["proposal"])
    at: datetime = wanted["at"] or timezone.now()
    switches = _without_emergency(read_switches())
    before, after = _rulesets(orjson.dumps(published_document()), orjson.dumps(document))
    until = time.monotonic() + _SLICE_S
    if wanted["calls"]:
        judged = impact_on_calls(before=before, after=after, switches=switches, until=until, names=names)
        return {"basis": difference_shown(document), **judged}
    compared = comparisons(before=before, after=after, at=at, switches=switches)
    total = count_everybody() if wanted["total"] is None else wanted["total"]
    people = everybody(total=total, after=wanted["after"] or 0) if compared else ()
    counted = _count(people, compared, at, switches, until=until)
    return {
        "basis": difference_shown(document),
        "at": at.isoformat(),
        "lines": [line for each in compared for line in each.lines if line],
        "other_numbers": any("" in each.lines for each in compared),
        "after": counted.after,
        "shifts": [_shown(shift, people, names=names) for shift, people in counted.changed.items()],
        **_totals(wanted, counted, total, nobody_can_differ=not compared),
    }


def _totals(wanted: dict[str, Any], counted: Slice, total: int, *, nobody_can_differ: bool) -> dict[str, Any]:
    """What all slices so far have counted, and once everybody was asked the sentence that sums it up."""
    asked = total if nobody_can_differ else (wanted["asked"] or 0) + counted.asked
    changed = (wanted["changed"] or 0) + sum(map(len, counted.changed.values()))
    is_sample = total > MOST_ASKED and not nobody_can_differ
    return {
        "total": total,
        "expected": min(total, MOST_ASKED),
        "is_sample": is_sample,
        "asked": asked,
        "changed": changed,
        "summary": ""
        if counted.after is not None
        else summary(asked=asked, changed=changed, total=total, is_sample=is_sample),
    }


def _document(proposal: int | None) -> Document:
    """The draft, or what was proposed."""
    if proposal is None:
        return draft_document()
    waiting = Proposal.objects.filter(pk=proposal).first()
    if waiting is None:
        raise CannotJudge("This proposal no longer waits: somebody approved or withdrew it.")
    document: Document = waiting.document
    return document


@lru_cache(maxsize=2)
def _rulesets(before: bytes, after: bytes) -> tuple[Ruleset, Ruleset]:
    """Both documents compiled, once for all slices; the same version, since that alone changes no answer."""
    if found := problems(orjson.loads(after)):
        raise CannotJudge(f"Before anybody can say whom it changes, mend this: {found[0]}")
    return compile_document(orjson.loads(before), version=0), compile_document(orjson.loads(after), version=0)


def _without_emergency(switches: Switches) -> Switches:
    """Pins stay, emergencies pass: while one lasts no rule answers, and what is published outlives it."""
    return replace(switches, emergency=False, emergency_lines=frozenset())


def _count(
    people: Iterable[Person], compared: list[Comparison], at: datetime, switches: Switches, *, until: float
) -> Slice:
    counted = Slice()
    for person in people:
        if counted.asked and time.monotonic() >= until:
            return counted
        if shift := first_shift(callers=_callers(person), among=compared, at=at, switches=switches):
            counted.changed[shift].append(person)
        counted.after = person.pk
        counted.asked += 1
    counted.after = None
    return counted


def _callers(person: Person) -> Iterator[Caller]:
    """Who would be recognised if the customer called from each of their numbers: somebody else may share it."""
    for address in person.addresses:
        yield find_caller(read_caller(numbers=[address], sip_uris=[], region=settings.DEFAULT_REGION))


def _shown(shift: Shift, people: list[Person], *, names: bool) -> dict[str, Any]:
    examples = people[:MOST_EXAMPLES] if names else []
    return {
        "label": str(shift),
        "count": len(people),
        "examples": [
            {"name": person.name, "url": reverse("admin:customers_customer_change", args=[person.pk])}
            for person in examples
        ],
    }

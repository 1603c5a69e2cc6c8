"""The page *Publish*: the draft's difference, what is wrong with it, what it would change, and who may decide."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from assistants.admin.pages import MAY_PUBLISH, MAY_SEE, demand, page
from assistants.admin.places import Places
from assistants.admin.records import records_since
from assistants.admin.shown_changes import ShownGroup, shown_changes
from assistants.checking import problems
from assistants.document import Document, draft_document
from assistants.draft_warnings import draft_warnings
from assistants.models import Proposal
from assistants.publishing import (
    CannotPublish,
    ShownOtherwise,
    approve,
    difference_shown,
    latest_version,
    needs_approval,
    propose,
    publish_draft,
)

_LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """What keeps the draft from being published: where, in words and as an address that may be empty, and what."""

    where: str
    url: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal that waits, with what it would change now."""

    proposal: Proposal
    groups: list[ShownGroup]
    shown: str
    is_own: bool


def publish_view(request: HttpRequest) -> HttpResponse:
    """Shows the draft; a POST publishes or proposes it, if it is still what was shown."""
    demand(request, MAY_SEE)
    if request.method != "POST":
        return _publish_page(request)
    demand(request, MAY_PUBLISH)
    note = request.POST.get("note", "").strip()[:_LONGEST_NOTE]
    facts: dict[str, Any] = {"note": note, "by": request.user, "shown": request.POST.get("shown", "")}
    return _decided(
        request, lambda: _proposed(**facts) if "propose" in request.POST else _published(**facts), note=note
    )


@require_POST
def proposal_view(request: HttpRequest, number: int) -> HttpResponse:
    """Approves a proposal, or withdraws it."""
    demand(request, MAY_PUBLISH)
    proposal = Proposal.objects.filter(pk=number).first()
    if proposal is None:
        messages.warning(request, "This proposal no longer waits: somebody approved or withdrew it.")
    elif "withdraw" in request.POST:
        proposal.delete()
        messages.success(request, "The proposal is withdrawn. The draft is as it was.")
    else:
        waiting = proposal
        return _decided(request, lambda: _approved(waiting, request))
    return redirect("admin:assistants_publish")


def _decided(request: HttpRequest, decide: Callable[[], str], *, note: str = "") -> HttpResponse:
    try:
        messages.success(request, decide())
    except ShownOtherwise as refusal:
        messages.warning(request, str(refusal))
        return _publish_page(request, note=note)
    except CannotPublish as refusal:
        messages.error(request, str(refusal))
    return redirect("admin:assistants_publish")


def _published(**facts: Any) -> str:
    return f"{publish_draft(**facts)} is published: callers hear it now."


def _proposed(**facts: Any) -> str:
    propose(**facts)
    return "Your proposal waits here for somebody else to approve it."


def _approved(proposal: Proposal, request: HttpRequest) -> str:
    version = approve(proposal, by=request.user, shown=request.POST.get("shown", ""))  # type: ignore[arg-type]
    return f"{version} is published: callers hear it now."


def _publish_page(request: HttpRequest, *, note: str = "") -> HttpResponse:
    version, draft = latest_version(), draft_document()
    published: Document = version.document if version else {}
    found = _problems(draft)
    waiting = list(Proposal.objects.select_related("proposed_by"))
    return page(
        request,
        "assistants/publish.html",
        title="Publish",
        version=version,
        groups=shown_changes(published, draft),
        problems=found,
        warnings=[] if found else draft_warnings(draft, at=timezone.now()),
        shown=difference_shown(draft),
        note=note,
        needs_approval=needs_approval(),
        is_proposed=any(proposal.document == draft for proposal in waiting),
        proposals=[_shown(proposal, published, request) for proposal in waiting],
        records=records_since(version),
    )


def _problems(draft: Document) -> list[FoundProblem]:
    places = Places()
    return [FoundProblem(found.where, places.of_path(found.path), found.sentence) for found in problems(draft)]


def _shown(proposal: Proposal, published: Document, request: HttpRequest) -> ShownProposal:
    document = proposal.document
    is_own = proposal.proposed_by == request.user
    return ShownProposal(proposal, shown_changes(published, document), difference_shown(document), is_own)

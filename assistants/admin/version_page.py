"""One published version: what it changed, how it differs from what callers hear, and the way back to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from assistants.admin.pages import MAY_PUBLISH, MAY_SEE, demand, page
from assistants.admin.shown_changes import shown_changes
from assistants.document import draft_document
from assistants.models import PublishedVersion
from assistants.publishing import (
    CannotPublish,
    ShownOtherwise,
    difference_shown,
    published_document,
    restore,
    unpublished_changes,
)
from customers.primary_keys import as_pk


def version_view(request: HttpRequest, object_id: str) -> HttpResponse:
    """The version of this number."""
    demand(request, MAY_SEE)
    return _version_page(request, get_object_or_404(PublishedVersion, pk=as_pk(object_id) or 0))


@require_POST
def restore_view(request: HttpRequest, number: int) -> HttpResponse:
    """Brings the version back; asks once more where that loses changes which were never published."""
    demand(request, MAY_PUBLISH)
    version = get_object_or_404(PublishedVersion, pk=number)
    lost = request.POST.get("shown")
    if lost is None and unpublished_changes():
        return _version_page(request, version, asks=True)
    try:
        restored = restore(version, by=request.user, shown=lost)  # type: ignore[arg-type]  # signed in, as `demand` saw
    except ShownOtherwise:
        return _version_page(request, version, asks=True)
    except CannotPublish as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:assistants_publishedversion_change", number)
    messages.success(request, f"{restored} is what version {number} was: callers hear it now.")
    return redirect("admin:assistants_publishedversion_changelist")


def _version_page(request: HttpRequest, version: PublishedVersion, *, asks: bool = False) -> HttpResponse:
    earlier = PublishedVersion.objects.filter(number__lt=version.number).first()
    heard, draft = published_document(), draft_document()
    return page(
        request,
        "assistants/version.html",
        title=str(version),
        version=version,
        earlier=earlier,
        is_heard=heard == version.document,
        against_earlier=shown_changes(earlier.document if earlier else {}, version.document),
        against_heard=shown_changes(heard, version.document),
        lost=shown_changes(heard, draft) if asks else [],
        shown=difference_shown(draft),
    )

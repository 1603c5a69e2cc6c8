"""One call's page: what happened, what we answered and why; the transcript on demand; and whose call it was."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from customers import admin_pages, attaching
from customers.admin_pages import demand
from customers.attaching import NotAttachable
from customers.models import Call, Customer
from customers.primary_keys import as_pk
from customers.search import find_customers

MAY_SEE, MAY_ATTACH = "customers.view_call", "customers.change_customer"
_MOST_FOUND, _MOST_RECORDS = 20, 20
TRANSCRIPT_READ = "Read the transcript."


def page(request: HttpRequest, object_id: str) -> HttpResponse:
    """All but the transcript."""
    demand(request, MAY_SEE)
    return _shown(request, _call(as_pk(object_id) or 0))


def transcript(request: HttpRequest, call_id: int) -> HttpResponse:
    """The page with the transcript, and a record of who read it; who comes back by GET asks again."""
    demand(request, MAY_SEE)
    if request.method != "POST":
        return HttpResponseRedirect(address(call_id))
    call = _call(call_id)
    if call.transcript:
        keep_record(request, call, TRANSCRIPT_READ)
    return _shown(request, call, transcript=call.transcript)


def attach(request: HttpRequest, call_id: int) -> HttpResponse:
    """Finds the customer whose call it was; a POST makes it so, or confirms who was claimed."""
    demand(request, MAY_SEE, MAY_ATTACH)
    call = _call(call_id)
    if request.method == "POST":
        return _done(request, call, lambda: _attached(request, call))
    term = request.GET.get("q", "").strip()
    found = find_customers(Customer.objects.all(), term, region=settings.DEFAULT_REGION) if term else None
    customers = found.prefetch_related("contact_points")[:_MOST_FOUND] if found is not None else []
    context = {"call": call, "title": f"Whose call was it? {_named(call)}", "term": term, "customers": customers}
    return admin_pages.page(request, "customers/attach.html", opts=Call._meta, original=call, **context)


@require_POST
def recognise(request: HttpRequest, call_id: int) -> HttpResponse:
    """The call's number recognises its customer from now on."""
    demand(request, MAY_SEE, MAY_ATTACH)
    call = _call(call_id)
    return _done(request, call, lambda: _recognised(request, call))


def address(call_id: int) -> str:
    """Where the call's page is."""
    return reverse("admin:customers_call_change", args=[call_id])


def keep_record(request: HttpRequest, call: Call, what: str) -> None:
    """Keeps that this person did that; erasing the customer deletes it."""
    assert request.user.pk is not None
    LogEntry.objects.log_actions(request.user.pk, [call], CHANGE, change_message=what, single_object=True)


def _attached(request: HttpRequest, call: Call) -> str:
    chosen = request.POST.get("customer", "")
    attached = attaching.attach(call.pk, as_pk(chosen) or 0, at=timezone.now())
    keep_record(request, call, "Attached to a customer.")
    return f"The call is {attached.customer}'s."


def _recognised(request: HttpRequest, call: Call) -> str:
    number = attaching.recognise_by_number(call.pk, by=request.user, at=timezone.now())
    return f"{call.customer} is recognised by {number} from now on."


def _done(request: HttpRequest, call: Call, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except NotAttachable as problem:
        messages.error(request, str(problem))
    return HttpResponseRedirect(address(call.pk))


def _shown(request: HttpRequest, call: Call, *, transcript: str | None = None) -> HttpResponse:
    may_attach = request.user.has_perm(MAY_ATTACH) and not call.erased_at
    recognisable = may_attach and attaching.may_recognise_by_number(call)
    context = {
        "call": call,
        "title": _named(call),
        "transcript": transcript,
        "may_attach": may_attach and (call.customer is None or call.claimed),
        "may_recognise": recognisable,
        "would_share": attaching.other_owners(call) if recognisable else [],
        "records": _records(call),
        "structured_data": _as_text(call.structured_data),
        "metadata": _as_text(call.metadata),
    }
    return admin_pages.page(request, "customers/call.html", opts=Call._meta, original=call, **context)


def _records(call: Call) -> list[LogEntry]:
    """Who read the transcript or attached the call, the latest first."""
    kind = ContentType.objects.get_for_model(Call)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(call.pk)).select_related("user")
    return list(entries.order_by("-action_time", "-pk")[:_MOST_RECORDS])


def _as_text(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) if data else "none"


def _named(call: Call) -> str:
    kind = "Call" if call.type == Call.Type.OTHER else f"{call.get_type_display()} call"
    return f"{kind} of {call.customer or call.number or 'somebody'}"


def _call(call_id: int) -> Call:
    return get_object_or_404(Call.objects.select_related("customer"), pk=call_id)

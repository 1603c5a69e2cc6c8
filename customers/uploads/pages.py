"""The pages of an import: hand in a file, look at what would happen, confirm, watch, and see what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from customers.admin_pages import demand, page, pk_in
from customers.changes import are_many
from customers.models import Customer, Upload, UploadPart
from customers.uploads.forms import ColumnsForm, UploadForm
from customers.uploads.receiving import KEPT_DAYS, MOST_BYTES, confirm, explain, kept, receive, throw_away

State = Upload.State

PERMISSION = "customers.import_customers"
_BUSY = (State.WAITING, State.CHECKING, State.CONFIRMED, State.IMPORTING)
_MOST_LISTED = 10
_GONE = (
    f"This upload is not kept any more: uploads go after {KEPT_DAYS} days, and all of them when a customer is erased. "
    "What was imported stands in the list of imports."
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work has come: rows read, the share of the file in per cent, rows and seconds left by the rate."""

    rows: int
    percent: int
    rate: int
    seconds_left: int


def address(upload_id: int) -> str:
    """Where an upload is looked at."""
    return reverse("admin:customers_upload", args=[upload_id])


def urls() -> list[URLPattern]:
    """The pages of one upload, below those of customers."""
    view = admin.site.admin_view
    return [
        path("import/<int:upload_id>/", view(upload_page), name="customers_upload"),
        path("import/<int:upload_id>/rejects/", view(rejects), name="customers_upload_rejects"),
    ]


def new_page(request: HttpRequest) -> HttpResponse:
    """Takes a file in; `like` in the query is an earlier upload whose choices are offered again."""
    demand(request, PERMISSION)
    like = Upload.objects.filter(pk=pk_in(request, "like")).first()
    form = UploadForm(request.POST or None, request.FILES or None, like=like)
    if request.method == "POST" and form.is_valid():
        file, upload = form.cleaned_data["file"], form.save(commit=False)
        upload.by, upload.file_name = request.user.get_username(), file.name
        upload.mapping = like.mapping if like else {}
        receive(upload, file)
        return HttpResponseRedirect(address(upload.pk))
    uploads = Upload.objects.all()[:_MOST_LISTED]
    context = {"title": "Import customers", "form": form, "most_bytes": MOST_BYTES, "uploads": uploads}
    return page(request, "customers/upload_new.html", opts=Customer._meta, **context)


def upload_page(request: HttpRequest, upload_id: int) -> HttpResponse:
    """How an upload stands; a POST explains its columns, confirms it, or throws it away. `part` asks for no more."""
    demand(request, PERMISSION)
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        messages.warning(request, _GONE)
        return HttpResponseRedirect(reverse("admin:customers_customer_import_file"))
    form = _columns_form(request, upload)
    if request.method == "POST" and (answer := _decided(request, upload, form)):
        return answer
    context = {
        **{"title": upload.file_name, "upload": upload, "found": upload.found, "columns": form},
        **{"is_busy": upload.state in _BUSY, "progress": _progress(upload, at=timezone.now())},
        **{"check_shown": _check_shown(upload)},
        **{"changes": _count_changes(upload.found), "asks_about_missing": _asks_about_missing(upload)},
        **{"has_rejects": upload.parts.filter(of=UploadPart.Of.REJECTS).exists(), "kept_days": KEPT_DAYS},
    }
    if "part" in request.GET:
        return TemplateResponse(request, "customers/upload_state.html", context)
    return page(request, "customers/upload.html", opts=Customer._meta, **context)


def rejects(request: HttpRequest, upload_id: int) -> StreamingHttpResponse:
    """The rows that were rejected, as CSV to be corrected and uploaded."""
    demand(request, PERMISSION)
    upload = Upload.objects.filter(pk=upload_id, parts__of=UploadPart.Of.REJECTS).first()
    if upload is None:
        raise Http404
    name = f"rejected rows of {upload.file_name.rpartition('.')[0] or upload.file_name}.csv"
    answer = StreamingHttpResponse(kept(upload, UploadPart.Of.REJECTS), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _decided(request: HttpRequest, upload: Upload, form: ColumnsForm) -> HttpResponse | None:
    """Does what was asked; None where the page is to be shown again."""
    if "throw-away" in request.POST:
        if throw_away(upload.pk):
            messages.success(request, f"{upload.file_name} is thrown away. Nothing of it was imported by that.")
            return HttpResponseRedirect(reverse("admin:customers_customer_import_file"))
    elif "explain" in request.POST:
        if not form.is_valid():
            return None
        explain(upload.pk, form.mapping)
    elif _asks_about_missing(upload) and "agreed" not in request.POST:
        messages.error(request, "Tick that these customers shall become inactive, or throw the file away.")
    elif request.POST.get("confirm") != _check_shown(upload) or not confirm(upload.pk):
        messages.warning(request, "Somebody was quicker: see below how the file stands.")
    return HttpResponseRedirect(address(upload.pk))


def _columns_form(request: HttpRequest, upload: Upload) -> ColumnsForm:
    asked = request.POST if "explain" in request.POST else None
    return ColumnsForm(upload.found.get("columns", []), asked)


def _check_shown(upload: Upload) -> str:
    """By what a confirmation says which check's figures it is about: somebody may have had the file checked again."""
    return upload.started_at.isoformat() if upload.started_at else ""


def _count_changes(found: dict[str, Any]) -> int:
    counts = found.get("counts", {})
    return sum(counts.get(name, 0) for name in ("created", "updated", "deactivated"))


def _asks_about_missing(upload: Upload) -> bool:
    missing = upload.found.get("counts", {}).get("deactivated", 0)
    return are_many(missing, upload.found.get("active", 0))


def _progress(upload: Upload, *, at: datetime) -> Progress | None:
    """None where there is nothing to say yet."""
    if not (upload.rows and upload.share and upload.started_at):
        return None
    seconds = max(1.0, (at - upload.started_at).total_seconds())
    left = seconds / upload.share - seconds
    return Progress(upload.rows, int(upload.share * 100), int(upload.rows / seconds), round(left))

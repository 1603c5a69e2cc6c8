"""The page that exports the customers of a list as it is searched and filtered, and the files that it sends."""

import csv
import io
import logging
from collections.abc import Callable, Generator, Iterable

from django.db.models import TextField
from django.db.models.functions import Cast, Greatest, Length
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from customers import admin_pages
from customers.exporting import exported_rows
from customers.formulas import defused
from customers.models import Customer, CustomerQuerySet
from customers.search import MOST_FOUND
from customers.sheet_stream import MOST_CHARACTERS, MOST_ROWS, workbook

logger = logging.getLogger("personalization.exports")

_PART = 64 * 1024
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page(request: HttpRequest, customers: CustomerQuerySet, *, searched: str) -> HttpResponseBase:
    """What would be exported; a POST sends it `as` csv or xlsx. `searched` is what the list was searched for."""
    count = customers.count()
    why_no_sheet = _why_no_sheet(customers, count)
    wanted = request.POST.get("as")
    if wanted == "csv" or (wanted == "xlsx" and not why_no_sheet):
        logger.info("%s exports %d customers as %s.", request.user.get_username(), count, wanted)
        return _csv(customers) if wanted == "csv" else _xlsx(customers)
    return admin_pages.page(
        request,
        "customers/export.html",
        title="Export customers",
        count=count,
        why_no_sheet=why_no_sheet,
        is_everybody=not request.GET,
        is_cut_off=searched and count >= MOST_FOUND,
        opts=Customer._meta,
    )


def _why_no_sheet(customers: CustomerQuerySet, count: int) -> str:
    """A sentence where no workbook can hold these customers; else empty."""
    if count >= MOST_ROWS:
        return f"An Excel workbook is made of fewer than {MOST_ROWS:,} customers."
    texts = ("notes", Cast("tags", TextField()), Cast("attributes", TextField()))
    longest = Greatest(*map(Length, texts))
    if customers.alias(longest=longest).filter(longest__gt=MOST_CHARACTERS).exists():
        return f"A cell of Excel holds {MOST_CHARACTERS:,} characters: somebody's notes, tags or attributes are longer."
    return ""


def _csv(customers: CustomerQuerySet) -> StreamingHttpResponse:
    rows = exported_rows(customers, write=defused)
    return _download(rows, _csv_bytes, content_type="text/csv; charset=utf-8", ending="csv")


def _xlsx(customers: CustomerQuerySet) -> StreamingHttpResponse:
    return _download(exported_rows(customers), workbook, content_type=_SHEET, ending="xlsx")


def _download(
    rows: Generator[list[str], None, None],
    written: Callable[[Iterable[list[str]]], Generator[bytes, None, None]],
    *,
    content_type: str,
    ending: str,
) -> StreamingHttpResponse:
    name = f"customers-{timezone.localdate()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(written(rows), content_type=content_type, headers=headers)


def _csv_bytes(rows: Iterable[list[str]]) -> Generator[bytes, None, None]:
    """With a byte order mark, without which Excel takes UTF-8 for something else."""
    text = io.StringIO("\ufeff", newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(row)
        if text.tell() > _PART:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()

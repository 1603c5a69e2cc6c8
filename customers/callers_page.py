"""The page of unknown callers who called often, each a click away from becoming a customer."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from customers import admin_pages, unknown_callers
from customers.models import Call


def page(request: HttpRequest) -> HttpResponse:
    """The callers; whoever may add customers makes one of them."""
    return admin_pages.page(
        request,
        "customers/unknown_callers.html",
        title="Unknown callers",
        callers=unknown_callers.unknown_callers(at=timezone.now()),
        days=unknown_callers.DAYS,
        may_add=request.user.has_perm("customers.add_customer"),
        opts=Call._meta,
    )

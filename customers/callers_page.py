"""The page of unknown callers who called often, each a click away from becoming a customer."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from customers import unknown_callers
from customers.models import Call


def page(request: HttpRequest) -> HttpResponse:
    """The callers; whoever may add customers makes one of them."""
    context = {
        "title": "Unknown callers",
        "callers": unknown_callers.unknown_callers(at=timezone.now()),
        "days": unknown_callers.DAYS,
        "may_add": request.user.has_perm("customers.add_customer"),
        "opts": Call._meta,
    }
    return TemplateResponse(request, "customers/unknown_callers.html", admin.site.each_context(request) | context)

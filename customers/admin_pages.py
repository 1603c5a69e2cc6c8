"""What pages of our own share in the admin: who may see them, what their addresses ask for, the frame around them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from customers.primary_keys import as_pk


def demand(request: HttpRequest, *permissions: str) -> None:
    """Raises PermissionDenied for who lacks any of them."""
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def pk_in(request: HttpRequest, name: str) -> int:
    """The primary key in the address's query; 0, which is nobody's, where there is none."""
    return as_pk(request.GET.get(name, "")) or 0


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """The template in the admin's frame; `opts` are the Meta of the model to which the page belongs."""
    return TemplateResponse(request, template, admin.site.each_context(request) | context)

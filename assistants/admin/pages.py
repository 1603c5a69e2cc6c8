"""What the pages of publishing share: who may see them, who may act, and Unfold's frame around them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

MAY_SEE = "assistants.view_publishedversion"
MAY_PUBLISH = "assistants.publish"


def demand(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied for who may not."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """The template in the admin's frame, with whether this person may publish."""
    frame = admin.site.each_context(request)
    may_publish = request.user.has_perm(MAY_PUBLISH)
    return TemplateResponse(request, template, {**frame, "may_publish": may_publish, **context})

"""What the pages of publishing share: who may see them, who may act, and Unfold's frame around them."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from customers import admin_pages
from customers.admin_pages import demand as demand

MAY_SEE = "assistants.view_publishedversion"
MAY_PUBLISH = "assistants.publish"


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """The template in the admin's frame, with whether this person may publish."""
    may_publish = request.user.has_perm(MAY_PUBLISH)
    return admin_pages.page(request, template, **{"may_publish": may_publish, **context})

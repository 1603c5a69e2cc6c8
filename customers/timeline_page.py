"""The pages of one customer's calls: the timeline, and bringing in the calls of nobody from the customer's numbers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from customers import admin_pages
from customers.admin_pages import demand
from customers.attaching import attach_strays, strays
from customers.call_page import MAY_ATTACH, MAY_SEE
from customers.models import Customer
from customers.timeline import ON_CUSTOMERS_PAGE, read_timeline

_MOST_COUNTED = 1_000


def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A page of the timeline."""
    demand(request, MAY_SEE, "customers.view_customer")
    customer = get_object_or_404(Customer, pk=customer_id)
    timeline = read_timeline(customer_id, before=request.GET.get("before", ""))
    context = {"title": f"Calls of {customer}", "timeline": timeline, "original": customer}
    return admin_pages.page(request, "customers/timeline.html", opts=Customer._meta, **context)


@require_POST
def bring_in(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Attaches the calls of nobody from the customer's numbers."""
    demand(request, MAY_SEE, MAY_ATTACH)
    customer = get_object_or_404(Customer, pk=customer_id)
    count = attach_strays(customer_id, at=timezone.now())
    messages.success(request, f"{count} earlier call{'' if count == 1 else 's'} of {customer} listed here now.")
    return HttpResponseRedirect(reverse("admin:customers_customer_change", args=[customer_id]))


def on_customers_page(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    """What the customer's own page shows of the calls; nothing for who may not see calls."""
    if not request.user.has_perm(MAY_SEE):
        return {}
    found = strays(customer_id)[:_MOST_COUNTED].count() if request.user.has_perm(MAY_ATTACH) else 0
    timeline = read_timeline(customer_id, most=ON_CUSTOMERS_PAGE)
    return {"timeline": timeline, "strays": found}

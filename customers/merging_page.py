"""The page that makes one customer of two: what would change, which of the two stays, and then does it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from customers import admin_pages
from customers.admin_pages import demand, pk_in
from customers.merging import Merger, NotMergeable, merge, plan_merger
from customers.models import Customer

PERMISSIONS = ("customers.change_customer", "customers.delete_customer")


def address(kept: int, other: int) -> str:
    """Where two customers are merged, the first of whom is to stay."""
    return f"{reverse('admin:customers_customer_merge')}?kept={kept}&other={other}"


def page(request: HttpRequest) -> HttpResponse:
    """What merging would do; and, when that is confirmed, merges."""
    demand(request, *PERMISSIONS)
    kept, other = pk_in(request, "kept"), pk_in(request, "other")
    try:
        if request.method == "POST":
            return _merged(request, kept, other)
        plan = plan_merger(kept, other)
    except NotMergeable as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(reverse("admin:customers_customer_changelist"))
    return _shown(request, plan)


def _merged(request: HttpRequest, kept: int, other: int) -> HttpResponse:
    gone = Customer.objects.filter(pk=other).first()
    customer = merge(kept, other, by=request.user, at=timezone.now())
    messages.success(request, f"{gone} is merged into {customer}, whom {gone.public_id if gone else other} means now.")
    return HttpResponseRedirect(reverse("admin:customers_customer_change", args=[kept]))


def _shown(request: HttpRequest, plan: Merger) -> HttpResponse:
    return admin_pages.page(
        request,
        "customers/merge.html",
        title=f"Merge {plan.other} into {plan.kept}",
        plan=plan,
        the_other_way=address(plan.other.pk, plan.kept.pk),
        opts=Customer._meta,
    )

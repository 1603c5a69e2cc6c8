"""The pages of a customer's history: who did what when, back to an earlier state, and those who were deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods
from reversion.models import Version
from unfold.admin import ModelAdmin
from unfold.decorators import action

from customers import admin_pages, history
from customers.models import Customer
from customers.primary_keys import as_pk
from customers.restoring import NotRestorable, plan_restoration, restore

_MOST_DELETED = 200


class CustomerHistoryAdmin(ModelAdmin):
    """Keeps what staff do to customers in their history, where Django's admin would keep lines of a log."""

    actions_list = ["deleted_customers"]

    def get_urls(self) -> list[URLPattern]:
        """With the page that restores."""
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.restore_view))
        pages = [path("<int:customer_id>/history/<int:revision>/", view, name="customers_customer_restore")]
        return [*pages, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        """Keeps the state that this change found."""
        if change:
            history.keep_found(obj.pk)
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The customer is there, with the numbers."""
        history.record(obj.pk, by=request.user, at=timezone.now(), what=history.ADDED)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The customer and the numbers are saved."""
        history.record(obj.pk, by=request.user, at=timezone.now())

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The customers are about to be deleted."""
        for customer in queryset:
            history.keep_found(customer.pk)
            history.record(customer.pk, by=request.user, at=timezone.now(), what=history.DELETED)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """All that is known of what happened to the customer."""
        if (pk := as_pk(object_id)) is None:
            raise Http404
        customer = Customer.objects.filter(pk=pk).first()
        if not self.has_view_permission(request, customer):
            raise PermissionDenied
        found = history.read_history(pk, before=as_pk(request.GET.get("before", "")))
        if not customer and not found.entries:
            raise Http404
        context = {
            "title": f"History of {customer or found.name}",
            "history": found,
            "customer_id": pk,
            "may_restore": self._may_restore(request, customer),
        }
        return self._page(request, "customers/history.html", customer, context)

    def restore_view(self, request: HttpRequest, customer_id: int, revision: int) -> HttpResponse:
        """What would come back; and, when that is confirmed, brings it back."""
        customer = Customer.objects.filter(pk=customer_id).first()
        if not self._may_restore(request, customer):
            raise PermissionDenied
        try:
            if request.method == "POST":
                return self._restore(request, customer_id, revision)
            plan = plan_restoration(customer_id, revision)
        except NotRestorable as problem:
            messages.error(request, str(problem))
            return HttpResponseRedirect(reverse("admin:customers_customer_changelist"))
        when = date_format(localtime(plan.kept.revision.date_created), "DATETIME_FORMAT")
        title = f"Restore {plan.kept.name} as on {when}"
        context = {"title": title, "plan": plan, "customer_id": customer_id}
        return self._page(request, "customers/restore.html", customer, context)

    @action(description="Deleted customers", url_path="deleted", icon="restore_from_trash", permissions=["view"])
    def deleted_customers(self, request: HttpRequest) -> HttpResponse:
        """Who can be brought back: deleted by staff, or otherwise after staff changed them, and not erased."""
        versions = Version.objects.get_deleted(Customer).select_related("revision__user").order_by("-revision_id")
        context = {"title": "Deleted customers", "versions": versions[:_MOST_DELETED]}
        return self._page(request, "customers/deleted_customers.html", None, context)

    def _restore(self, request: HttpRequest, customer_id: int, revision: int) -> HttpResponse:
        plan = restore(customer_id, revision, by=request.user, at=timezone.now())
        for warning in plan.warnings:
            messages.warning(request, warning)
        messages.success(request, "The customer is as he was then; calls are answered accordingly from now on.")
        return HttpResponseRedirect(reverse("admin:customers_customer_change", args=[customer_id]))

    def _may_restore(self, request: HttpRequest, customer: Customer | None) -> bool:
        return self.has_change_permission(request, customer) and (bool(customer) or self.has_add_permission(request))

    def _page(
        self, request: HttpRequest, template: str, customer: Customer | None, context: dict[str, Any]
    ) -> HttpResponse:
        return admin_pages.page(request, template, opts=self.opts, original=customer, **context)

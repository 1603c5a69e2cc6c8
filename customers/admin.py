"""Customers in the admin: finding one among a million, and looking after one."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import admin, messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from customers import erasing_page, history, merging_page
from customers.admin_erasures import ErasureAdmin as ErasureAdmin
from customers.admin_views import CustomerHistoryAdmin
from customers.forms import ContactPointForm, ContactPointFormSet, CustomerForm
from customers.models import ContactPoint, Customer, CustomerQuerySet, Import
from customers.paging import BoundedPaginator
from customers.search import find_customers

_SWITCHES = (("active", "blocked"), ("do_not_call", "remember_calls"))


class CommonValues(admin.SimpleListFilter):
    """A filter by the values that a field has; asking for them reads the whole table, so they are kept a minute."""

    MOST = 50
    KEPT_FOR_S = 60

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Each value that some customer has."""
        values = cache.get_or_set(f"customers-{self.parameter_name}", self._values, self.KEPT_FOR_S)
        return [(value, value) for value in values or ()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        """Those who have the chosen value."""
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset

    def _values(self) -> list[str]:
        field = str(self.parameter_name)
        values = Customer.objects.order_by(field).exclude(**{field: ""}).values_list(field, flat=True)
        return list(values.distinct()[: self.MOST])


class TierFilter(CommonValues):
    """By account type."""

    title, parameter_name = "account type", "tier"


class LanguageFilter(CommonValues):
    """By language."""

    title, parameter_name = "language", "language"


class ContactPoints(TabularInline):
    """The customer's numbers and addresses."""

    model = ContactPoint
    form = ContactPointForm
    formset = ContactPointFormSet
    verbose_name = "number or address"
    verbose_name_plural = "numbers and addresses"
    extra = 0
    hide_title = True


class CustomerList(ChangeList):
    """A list whose title does not offer to show all where nothing is left out."""

    def get_results(self, request: HttpRequest) -> None:
        """Takes the bounded count for the whole one where nobody searches or filters."""
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


@admin.register(Customer)
class CustomerAdmin(CustomerHistoryAdmin):
    """The customers."""

    form = CustomerForm
    change_form_template = "customers/customer_form.html"
    inlines = [ContactPoints]
    warn_unsaved_form = True

    list_display = ("shown_name", "tier", "numbers", "language", "status")
    list_filter = (TierFilter, LanguageFilter, "active", "blocked")
    list_per_page = 50
    # The order that an index gives; sorting a million customers by anything else would be slow.
    ordering = (Upper("name"), "pk")
    sortable_by = ()
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_disable_select_all = True
    # What is searched is said in get_search_results; Django only asks whether there is anything.
    search_fields = ("name",)
    search_help_text = "Name, number, e-mail or id"
    actions = ("block", "unblock", "merge", "erase")

    readonly_fields = ("public_id", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": (("name", "external_id"), ("email", "tier"), ("language", "timezone"))}),
        ("Calls", {"fields": (*_SWITCHES, "call_consent_at", "call_consent_how")}),
        ("Facts", {"fields": ("joined_on", "tags", "attributes", "notes")}),
        ("Record", {"fields": ("public_id", ("created_at", "updated_at"))}),
    )
    add_fieldsets = fieldsets[:-1]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CustomerList]:
        """Of endless length."""
        return CustomerList

    def get_queryset(self, request: HttpRequest) -> CustomerQuerySet:
        """With the numbers, which the list shows."""
        customers: CustomerQuerySet = super().get_queryset(request).prefetch_related("contact_points")
        return customers

    def get_search_results(
        self, request: HttpRequest, queryset: CustomerQuerySet, search_term: str
    ) -> tuple[CustomerQuerySet, bool]:
        """Those whom the term means, each once."""
        return find_customers(queryset, search_term, region=settings.DEFAULT_REGION), False

    @display(description="name")
    def shown_name(self, customer: Customer) -> str:
        """The name, or the id where there is none."""
        return str(customer)

    @display(description="numbers")
    def numbers(self, customer: Customer) -> str:
        """The numbers and addresses."""
        return ", ".join(map(str, customer.contact_points.all()))

    @display(description="status", label={"active": "success", "blocked": "danger", "inactive": "warning"})
    def status(self, customer: Customer) -> str:
        """How the customer's calls are treated."""
        return "inactive" if not customer.active else "blocked" if customer.blocked else "active"

    @display(description="known as")
    def public_id(self, customer: Customer) -> str:
        """What Vapi and the API call this customer."""
        return customer.public_id

    @admin.action(description="Block the selected customers", permissions=["change"])
    def block(self, request: HttpRequest, queryset: CustomerQuerySet) -> None:
        """From now on they hear the site's refusal."""
        self._set_blocked(request, queryset, blocked=True)

    @admin.action(description="Unblock the selected customers", permissions=["change"])
    def unblock(self, request: HttpRequest, queryset: CustomerQuerySet) -> None:
        """From now on rules decide about their calls again."""
        self._set_blocked(request, queryset, blocked=False)

    def get_urls(self) -> list[URLPattern]:
        """With the pages that merge and erase."""
        pages = {"merge": merging_page.page, "erase": erasing_page.page}
        return [
            *(
                path(f"{name}/", self.admin_site.admin_view(page), name=f"customers_customer_{name}")
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Whether this person may erase customers."""
        return bool(request.user.has_perm(erasing_page.PERMISSION))

    @admin.action(description="Merge the two selected customers …", permissions=["change", "delete"])
    def merge(self, request: HttpRequest, queryset: CustomerQuerySet) -> HttpResponse | None:
        """Leads to the page that does; the one who has been here longer is proposed to stay."""
        found = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(found) == 2:
            return HttpResponseRedirect(merging_page.address(*found))
        messages.error(request, "Choose exactly two customers to merge.")
        return None

    @admin.action(description="Erase the selected customers for ever …", permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: CustomerQuerySet) -> HttpResponse:
        """Leads to the page that does."""
        return HttpResponseRedirect(erasing_page.address(list(queryset.values_list("pk", flat=True))))

    def _set_blocked(self, request: HttpRequest, queryset: CustomerQuerySet, *, blocked: bool) -> None:
        changed = list(queryset.exclude(blocked=blocked))
        for customer in changed:
            at = timezone.now()
            with history.keeping(customer.pk, by=request.user, at=at):
                Customer.objects.filter(pk=customer.pk).update(blocked=blocked, updated_at=at)
        word = "Blocked" if blocked else "Unblocked"
        effect = "they hear the site's refusal" if blocked else "rules decide about their calls again"
        messages.success(request, f"{word} {len(changed)} of the selected customers: {effect} from now on.")


@admin.register(Import)
class ImportAdmin(ModelAdmin):
    """The imports: one line each, however many customers they changed. Nothing can be changed here."""

    list_display = ("at", "files", "by", "created", "updated", "unchanged", "rejected")
    list_display_links = ("at", "files")
    search_fields = ("files", "by")
    fieldsets = (
        (None, {"fields": (("files", "by"), ("at", "customers"))}),
        ("Rows", {"fields": (("created", "updated"), ("unchanged", "rejected"))}),
        ("Besides", {"fields": (("removed_numbers", "shared_numbers"), "deactivated")}),
    )
    readonly_fields = ("customers",)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Without a history: it is one."""
        context = {**(extra_context or {}), "show_history": False}
        page: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return page

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Imports are made by importing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays so."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays so."""
        return False

    @display(description="customers")
    def customers(self, record: Import) -> str:
        """Those whom it created or changed and nothing has changed since."""
        address = reverse("admin:customers_customer_changelist")
        link = '<a href="{}?updated_at={}" class="text-primary-600 underline">as this import left them</a>'
        return format_html(link, address, quote(record.at.isoformat()))

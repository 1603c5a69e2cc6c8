"""Customers in the admin: finding one among a million, and looking after one."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.decorators import display

from customers import erasing_page, history, merging_page, timeline_page
from customers.admin_calls import CallAdmin as CallAdmin
from customers.admin_erasures import ErasureAdmin as ErasureAdmin
from customers.admin_files import CustomerFilesAdmin
from customers.admin_files import ImportAdmin as ImportAdmin
from customers.forms import OPENED_AS, ContactPointForm, ContactPointFormSet, CustomerForm, opened_as
from customers.models import ContactPoint, Customer, CustomerQuerySet
from customers.paging import BoundedPaginator, EndlessList
from customers.search import find_customers
from customers.vanished_rows import without_vanished_rows

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

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A row for the number that somebody new was found by."""
        return 1 if obj is None and request.GET.get("number") else 0


@admin.register(Customer)
class CustomerAdmin(CustomerFilesAdmin):
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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EndlessList]:
        """Of endless length."""
        return EndlessList

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
        """With the pages that merge and erase, and those of one customer's calls."""
        pages = {
            "merge": merging_page.page,
            "erase": erasing_page.page,
            "<int:customer_id>/calls": timeline_page.page,
            "<int:customer_id>/calls/bring-in": timeline_page.bring_in,
        }
        return [
            *(
                path(f"{name}/", self.admin_site.admin_view(page), name=f"customers_customer_{name.rpartition('/')[2]}")
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """A new customer's first number may be in the address; only shown, so that saving finds it typed."""
        kwargs = without_vanished_rows(super().get_formset_kwargs(request, obj, inline, prefix), prefix)
        number = request.GET.get("number")
        shown = request.method == "GET" and isinstance(inline, ContactPoints) and not obj.pk and number
        return kwargs | {"initial": [{"value": number}]} if shown else kwargs

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the latest calls, and with what tells a save that it comes too late."""
        if customer := kwargs.get("obj"):
            context |= timeline_page.on_customers_page(request, customer.pk) | {OPENED_AS: opened_as(customer)}
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

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

"""Calls in the admin: finding one among a million."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display

from customers import call_page, callers_page
from customers.admin_records import ReadOnlyAdmin
from customers.call_words import OUTCOME_COLOURS
from customers.models import Call, CallQuerySet, Customer
from customers.paging import BoundedPaginator, EndlessList
from customers.phone_numbers import read_caller
from customers.search import find_customers


class RecentValues(admin.SimpleListFilter):
    """A filter by the values that a field had in the latest calls; asking all calls would take seconds."""

    LATEST, MOST = 5_000, 50

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """Each value, and the one that is asked for."""
        field = str(self.parameter_name)
        latest = Call.objects.order_by("-created_at").values_list(field, flat=True)[: self.LATEST]
        values = {*latest, request.GET.get(field, "")} - {""}
        return [(value, value) for value in sorted(values)[: self.MOST]]

    def queryset(self, request: HttpRequest, queryset: Any) -> CallQuerySet:
        """Those which have the chosen value."""
        value = self.value()
        calls: CallQuerySet = queryset.listed_by({str(self.parameter_name): value}) if value else queryset
        return calls


class LineFilter(RecentValues):
    """By our line."""

    title, parameter_name = "line", "line"


class RuleFilter(RecentValues):
    """By the rule that matched."""

    title, parameter_name = "rule", "rule"


class VariantFilter(RecentValues):
    """By who answered."""

    title, parameter_name = "variant", "variant"


class ReasonFilter(RecentValues):
    """By why it was answered so."""

    title, parameter_name = "reason", "reason"


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """The calls. They are told by Vapi; here they are only read, and brought to their customers."""

    list_display = ("when", "caller", "type", "line", "answered_by", "shown_outcome", "duration")
    list_filter = (
        *("type", "outcome", "claimed", ("created_at", admin.DateFieldListFilter)),
        *(LineFilter, RuleFilter, VariantFilter, ReasonFilter),
    )
    list_select_related = ("customer",)
    list_per_page = 50
    ordering = ("-created_at", "-pk")
    sortable_by = ()
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # What is searched is said in get_search_results; Django only asks whether there is anything.
    search_fields = ("vapi_id",)
    search_help_text = "Number, customer or Vapi's id"
    actions_list = ["unknown_callers"]

    def get_urls(self) -> list[URLPattern]:
        """With the pages that read a transcript and bring calls to customers."""
        pages = {"transcript": call_page.transcript, "attach": call_page.attach, "recognise": call_page.recognise}
        return [
            *(
                path(f"<int:call_id>/{name}/", self.admin_site.admin_view(page), name=f"customers_call_{name}")
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One call's own page."""
        return call_page.page(request, object_id)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EndlessList]:
        """Of endless length."""
        return EndlessList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """Without what only a call's own page shows."""
        calls: QuerySet[Call] = super().get_queryset(request).defer("transcript", "structured_data", "metadata")
        return calls

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """The call with this id; else those from this number or address; else those of the customers it means."""
        if not search_term or "\0" in search_term:
            return queryset, False
        keys = read_caller(numbers=[search_term], sip_uris=[], region=settings.DEFAULT_REGION).keys
        for found in (queryset.filter(vapi_id=search_term), queryset.filter(number__in=keys)):
            if found.order_by().exists():
                return found, False
        customers = find_customers(Customer.objects.all(), search_term, region=settings.DEFAULT_REGION)
        return queryset.filter(customer__in=list(customers.values_list("pk", flat=True))), False

    @action(description="Unknown callers", url_path="unknown", icon="person_search", permissions=["view"])
    def unknown_callers(self, request: HttpRequest) -> HttpResponse:
        """Numbers of nobody that called more than once lately."""
        return callers_page.page(request)

    @display(description="when", ordering="created_at")
    def when(self, call: Call) -> datetime:
        """When the call was made."""
        return call.created_at

    @display(description="caller")
    def caller(self, call: Call) -> str:
        """Whose call it is, as far as that is known."""
        known = f"{call.customer}{' (claimed)' if call.claimed else ''}" if call.customer else ""
        return known or call.number or ("erased" if call.erased_at else "withheld")

    @display(description="answered by")
    def answered_by(self, call: Call) -> str:
        """The rule that matched, or another reason, and who answered."""
        return " → ".join(filter(None, [call.rule or call.reason, call.variant]))

    @display(description="outcome", label=OUTCOME_COLOURS)
    def shown_outcome(self, call: Call) -> str:
        """How it ended, in our words."""
        return call.outcome

    @display(description="length")
    def duration(self, call: Call) -> str | None:
        """As minutes and seconds."""
        return call.length or None

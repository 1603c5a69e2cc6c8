"""Customers from files and to files: the buttons that lead there, who may, and the list of what was imported."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from customers import export_page
from customers.admin_records import ReadOnlyAdmin
from customers.admin_views import CustomerHistoryAdmin
from customers.models import Import
from customers.uploads import pages

_EXPORT = "admin:customers_customer_export"
_MAY_EXPORT = "customers.export_customers"


class CustomerFilesAdmin(CustomerHistoryAdmin):
    """Imports customers from files, and exports those whom the list shows."""

    actions_list = ["import_file", "export", *CustomerHistoryAdmin.actions_list]

    def get_urls(self) -> list[URLPattern]:
        """With the pages of one upload."""
        return [*pages.urls(), *super().get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether this person may import."""
        return bool(request.user.has_perm(pages.PERMISSION))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether this person may export."""
        return bool(request.user.has_perm(_MAY_EXPORT)) and self.has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The button *Export* means the customers whom the list shows."""
        page: Any = super().changelist_view(request, extra_context)
        for button in getattr(page, "context_data", {}).get("actions_list", ()):
            if button["path"] == reverse(_EXPORT) and request.GET:
                button["path"] += f"?{request.GET.urlencode()}"
        answer: HttpResponse = page
        return answer

    @action(description="Import", url_path="import", icon="upload", permissions=["import"])
    def import_file(self, request: HttpRequest) -> HttpResponse:
        """Takes in a file."""
        return pages.new_page(request)

    @action(description="Export", url_path="export", icon="download", permissions=["export"])
    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Sends those whom the list shows with the same query."""
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:customers_customer_changelist") + "?e=1")
        return export_page.page(request, shown.queryset, searched=shown.query)


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """The imports: one line each, however many customers they changed. Nothing can be changed here."""

    list_display = ("at", "files", "by", "created", "updated", "unchanged", "rejected")
    list_display_links = ("at", "files")
    search_fields = ("files", "by")
    actions_list = ["import_file"]
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

    @action(description="Import a file", url_path="file", icon="upload", permissions=["import"])
    def import_file(self, request: HttpRequest) -> HttpResponse:
        """Leads to the page that does."""
        return HttpResponseRedirect(reverse("admin:customers_customer_import_file"))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether this person may import."""
        return bool(request.user.has_perm(pages.PERMISSION))

    @display(description="customers")
    def customers(self, record: Import) -> str:
        """Those whom it created or changed and nothing has changed since."""
        address = reverse("admin:customers_customer_changelist")
        link = '<a href="{}?updated_at={}" class="text-primary-600 underline">as this import left them</a>'
        return format_html(link, address, quote(record.at.isoformat()))

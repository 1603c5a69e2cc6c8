"""Published versions in the admin: the list, one version, and the way to the pages that publish."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from assistants.admin import impact_page, publish_page, version_page
from assistants.models import PublishedVersion
from customers.admin_records import ReadOnlyAdmin


@admin.register(PublishedVersion)
class PublishedVersionAdmin(ReadOnlyAdmin):
    """What callers heard and hear, the latest first."""

    list_display = ("version", "published_at", "published_by", "proposed_by", "note", "changes")
    list_select_related = ("published_by", "proposed_by")
    search_fields = ("note",)
    sortable_by = ()

    def get_urls(self) -> list[URLPattern]:
        """With the addresses that decide about a proposal and go back."""
        own = [
            path("impact/", self.admin_site.admin_view(impact_page.impact_view), name="assistants_impact"),
            path(
                "proposals/<int:number>/",
                self.admin_site.admin_view(publish_page.proposal_view),
                name="assistants_proposal",
            ),
            path(
                "<int:number>/restore/",
                self.admin_site.admin_view(version_page.restore_view),
                name="assistants_restore",
            ),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Under a title that says what it lists."""
        response: HttpResponse = super().changelist_view(request, {"title": "Versions", **(extra_context or {})})
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublishedVersion]:
        """Without the documents, which are large."""
        versions: QuerySet[PublishedVersion] = super().get_queryset(request).defer("document")
        return versions

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One version's own page."""
        return version_page.version_view(request, object_id)

    @display(description="version")
    def version(self, version: PublishedVersion) -> str:
        """Its number."""
        return str(version)

"""Our own numbers at Vapi, and the holidays they keep, in the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from assistants.admin.drafts import DraftAdmin
from assistants.forms import LineForm
from assistants.models import HolidayList, Line


@admin.register(Line)
class LineAdmin(DraftAdmin):
    """Our own numbers at Vapi."""

    form = LineForm
    hint = "The emergency switch acts at once; callers hear the rest once it is published."
    warn_unsaved_form = True
    list_display = ("name", "number", "region", "timezone", "fallback", "emergency")
    list_editable = ("emergency",)
    list_select_related = ("fallback",)
    search_fields = ("name", "number", "sip_uri", "vapi_id")
    autocomplete_fields = ("fallback",)
    fieldsets = (
        (None, {"fields": ("name", "number", "sip_uri", "vapi_id")}),
        ("Callers", {"fields": (("region", "timezone"),)}),
        ("Answers", {"fields": ("fallback", "emergency")}),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new line stands where this installation does."""
        return {"region": settings.DEFAULT_REGION, **super().get_changeform_initial_data(request)}


@admin.register(HolidayList)
class HolidayListAdmin(DraftAdmin):
    """Days on which rules may answer otherwise."""

    search_fields = ("name",)

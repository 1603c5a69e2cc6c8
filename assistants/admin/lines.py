"""Our own numbers at Vapi, and the holidays they keep, in the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from assistants.admin.drafts import DraftAdmin
from assistants.admin.pages import MAY_PUBLISH
from assistants.forms import LineForm
from assistants.models import HolidayList, Line, RoutingRule


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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What acts at once on every call is for those who may publish."""
        return () if request.user.has_perm(MAY_PUBLISH) else ("emergency",)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Keeps the only line of a rule, which without it would hold on every line."""
        *others, protected = super().get_deleted_objects(objs, request)
        elsewhere = RoutingRule.objects.filter(lines__in=Line.objects.exclude(pk__in=[line.pk for line in objs]))
        rules = RoutingRule.objects.filter(lines__in=objs).exclude(pk__in=elsewhere).distinct()
        return *others, [*protected, *(f"rule “{rule}”, which would then hold on every line" for rule in rules)]


@admin.register(HolidayList)
class HolidayListAdmin(DraftAdmin):
    """Days on which rules may answer otherwise."""

    search_fields = ("name",)

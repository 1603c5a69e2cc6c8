"""What acts at once, without being published: pins, and the site's emergency switch."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from assistants.admin.drafts import DraftAdmin, Telling
from assistants.forms import PinForm
from assistants.models import Pin, SiteSettings


@admin.register(Pin)
class PinAdmin(Telling, ModelAdmin):
    """One customer or number and its variant, for a while; it acts at once."""

    form = PinForm
    list_display = ("__str__", "until", "note")
    list_select_related = ("customer", "variant")
    autocomplete_fields = ("customer", "variant")


@admin.register(SiteSettings)
class SiteSettingsAdmin(DraftAdmin):
    """The one row that holds for every line."""

    hint = "The emergency switch and the approval act at once; callers hear the rest once it is published."
    autocomplete_fields = ("fallback", "refusal")
    fieldsets = (
        ("Emergency: acts at once", {"fields": ("emergency",)}),
        ("Answers: heard once published", {"fields": ("fallback", "refusal")}),
        ("Publishing", {"fields": ("needs_approval",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whoever could switch off the second person would not need one."""
        return () if request.user.is_superuser else ("needs_approval",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Once only."""
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: every call needs it."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Leads to the one row."""
        row = SiteSettings.objects.first()
        if row is None:
            return redirect("admin:assistants_sitesettings_add")
        return redirect("admin:assistants_sitesettings_change", row.pk)

    def save_model(self, request: HttpRequest, obj: SiteSettings, form: Any, change: bool) -> None:
        """Says what callers hear while the switch is on."""
        obj.pk = 1
        super().save_model(request, obj, form, change)
        if obj.emergency:
            fallback = f"its line's fallback, else {obj.fallback or 'an apology'}"
            messages.warning(request, f"The emergency switch is on: every call now gets {fallback}.")

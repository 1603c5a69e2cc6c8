"""Calls to customers: their limits, in the admin."""

from typing import Any

import phonenumbers
from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from assistants.admin.drafts import Telling
from assistants.models import OutboundPolicy


class OutboundPolicyForm(forms.ModelForm):
    """When, where and how often customers may be called."""

    weekdays = forms.TypedMultipleChoiceField(
        coerce=int, choices=OutboundPolicy.Weekday.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    countries = SimpleArrayField(
        forms.CharField(max_length=2),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=OutboundPolicy._meta.get_field("countries").help_text,
    )

    class Meta:
        model = OutboundPolicy
        fields = "__all__"  # noqa: DJ007 — the page names them

    def clean_countries(self) -> list[str]:
        """Countries that have telephone numbers, each once."""
        codes = list(dict.fromkeys(code.strip().upper() for code in self.cleaned_data["countries"]))
        if unknown := [code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS]:
            raise ValidationError(f"“{unknown[0]}” is no country's code: write two letters, such as US or GB.")
        return codes


@admin.register(OutboundPolicy)
class OutboundPolicyAdmin(Telling, ModelAdmin):
    """The one row of limits for calls to customers."""

    form = OutboundPolicyForm
    hint = "It holds from the next call on; calls that are planned at Vapi already stay as they are."
    fieldsets = (
        ("When", {"fields": (("quiet_from", "quiet_until"), "weekdays")}),
        ("How often", {"fields": (("most_per_hour", "most_per_customer"),)}),
        ("Where", {"fields": ("countries",)}),
        ("What must be said first", {"fields": ("notice",)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It is there already."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without limits nobody is called."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Leads to the one row."""
        return redirect("admin:assistants_outboundpolicy_change", OutboundPolicy.get().pk)

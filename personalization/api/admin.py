"""API keys in the admin: made here, shown once, revoked here."""

from typing import Any

import rest_framework_api_key.admin  # noqa: F401  registers its own keys, which nobody uses here
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework_api_key.models import APIKey as UnusedKey
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from customers import admin_pages
from personalization.api.models import ApiKey, Scope

admin.site.unregister(UnusedKey)


class ApiKeyForm(forms.ModelForm):
    """A key's name, and what it may be used for."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, f"{scope.value}: {scope.label}") for scope in Scope],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Tick no more than its user needs.",
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "expiry_date", "revoked")


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    """The keys of our own API; a key itself is shown when it is made, and never again."""

    form = ApiKeyForm
    list_display = ("name", "shown_scopes", "begins", "created", "expiry_date", "status")
    list_filter = ("revoked",)
    search_fields = ("name", "prefix")
    readonly_fields = ("begins", "created")
    fieldsets = (
        (None, {"fields": ("name", "scopes")}),
        ("Its end", {"fields": ("expiry_date", "revoked")}),
        ("Record", {"fields": (("begins", "created"),)}),
    )
    add_fieldsets = ((None, {"fields": ("name", "scopes", "expiry_date")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A key that is not made yet cannot be revoked."""
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is revoked stays so."""
        return (*self.readonly_fields, "revoked") if obj and obj.revoked else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """A new key is made here; only the page that follows ever holds it."""
        if not change:
            request.new_key = ApiKey.objects.assign_key(obj)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The key, this once."""
        context = {"title": f"The key of {obj.name}", "key": request.new_key, "record": obj, "opts": self.opts}  # type: ignore[attr-defined]
        return admin_pages.page(request, "api/new_key.html", **context)

    @display(description="scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        """What it may be used for."""
        return "all" if set(key.scopes) == set(Scope.values) else ", ".join(key.scopes)

    @display(description="begins with")
    def begins(self, key: ApiKey) -> str:
        """By what one tells which key a system has."""
        return f"{key.prefix}."

    @display(description="status", label={"good": "success", "revoked": "danger", "expired": "warning"})
    def status(self, key: ApiKey) -> str:
        """Whether it still opens anything."""
        expired = key.expiry_date is not None and key.expiry_date <= timezone.now()
        return "revoked" if key.revoked else "expired" if expired else "good"

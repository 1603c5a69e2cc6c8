"""Ways of answering in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import display

from assistants import saved_at_vapi
from assistants.admin.drafts import DraftAdmin
from assistants.admin.rows import Rows
from assistants.document import draft_document
from assistants.models import AssistantVariant, Line, RefusalText, RoutingRule, SiteSettings, Variable
from assistants.variant_forms import RefusalTextForm, RefusalTextFormSet, VariableForm, VariableFormSet, VariantForm
from assistants.variant_warnings import variant_warnings


class Variables(Rows):
    """What the variant's prompt calls {{name}}."""

    model = Variable
    form = VariableForm
    formset = VariableFormSet
    template = "assistants/inline_of_kind.html"
    shown_when = "kind != 'refusal' && kind != 'transfer'"


class RefusalTexts(Rows):
    """What a refusal says, language by language."""

    model = RefusalText
    form = RefusalTextForm
    formset = RefusalTextFormSet
    verbose_name_plural = "texts"
    template = "assistants/inline_of_kind.html"
    shown_when = "kind == 'refusal'"


@admin.register(AssistantVariant)
class AssistantVariantAdmin(DraftAdmin):
    """Ways of answering."""

    form = VariantForm
    inlines = [Variables, RefusalTexts]
    warn_unsaved_form = True
    list_display = ("name", "kind", "used_by")
    list_filter = ("kind",)
    search_fields = ("name", "vapi_id")
    conditional_fields = {
        "vapi_id": "kind == 'saved-assistant' || kind == 'saved-squad'",
        "document": "kind == 'whole-assistant' || kind == 'whole-squad'",
        "overrides": "kind != 'refusal' && kind != 'transfer'",
        "reports_here": "kind != 'refusal' && kind != 'transfer'",
        "transfer_to": "kind == 'transfer'",
        "transfer_caller_id": "kind == 'transfer'",
        "transfer_extension": "kind == 'transfer'",
        "transfer_sip_headers": "kind == 'transfer'",
    }

    class Media:
        js = ("assistants/traits.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssistantVariant]:
        """With the names of what uses each variant."""
        rules = RoutingRule.objects.filter(variant=OuterRef("pk"))
        lines = Line.objects.filter(fallback=OuterRef("pk"))
        site = SiteSettings.objects.filter(Q(fallback=OuterRef("pk")) | Q(refusal=OuterRef("pk")))
        variants: QuerySet[AssistantVariant] = super().get_queryset(request)
        return variants.annotate(
            rule_names=ArraySubquery(rules.values("name")),
            line_names=ArraySubquery(lines.values("name")),
            is_used_by_site=Exists(site),
        )

    @display(description="used by")
    def used_by(self, variant: Any) -> str:
        """The rules, lines and settings that answer with this variant."""
        users = [f"rule “{name}”" for name in variant.rule_names] + [f"line “{name}”" for name in variant.line_names]
        return ", ".join([*users, *(["site settings"] if variant.is_used_by_site else [])])

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Refuses in one sentence where callers may still be sent to the variant."""
        variant = self.get_object(request, object_id)
        if variant and (users := self.used_by(variant)):
            messages.error(request, f"“{variant}” is still used by {users}: choose another variant there first.")
            return redirect("admin:assistants_assistantvariant_change", object_id)
        response: HttpResponse = super().delete_view(request, object_id, extra_context)
        return response

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Says what to look at, such as a name of the prompt that nothing fills."""
        super().save_related(request, form, formsets, change)
        variant = draft_document()["variants"][form.instance.name]
        for sentence in [*variant_warnings(variant), *saved_at_vapi.warnings(variant)]:
            messages.warning(request, sentence)

"""Lines, variants and rules in the admin."""

from copy import copy
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from assistants.forms import ConditionForm, LineForm, PinForm, RuleForm, ShareFormSet
from assistants.models import (
    AssistantVariant,
    Condition,
    HolidayList,
    Line,
    Pin,
    RefusalText,
    RoutingRule,
    Share,
    SiteSettings,
    Variable,
)
from assistants.prompt_names import names_to_fill
from assistants.variant_forms import RefusalTextForm, RefusalTextFormSet, VariableForm, VariableFormSet, VariantForm


class Rows(TabularInline):
    """Rows inside a form, of which a new one begins with nothing chosen: who adds one by mistake adds nothing."""

    extra = 0
    hide_title = True

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers nothing first, unless the field has a default."""
        choices = db_field.get_choices(include_blank=not db_field.has_default(), blank_choice=[("", "Choose…")])
        return super().formfield_for_choice_field(db_field, request, choices=choices, **kwargs)


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
class AssistantVariantAdmin(ModelAdmin):
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
        """Says which names of the prompt nothing fills."""
        super().save_related(request, form, formsets, change)
        if missing := _names_without_variable(form.instance):
            names = ", ".join(f"{{{{{name}}}}}" for name in missing)
            messages.warning(
                request, f"Nothing fills {names}: callers will hear a gap there. Add a variable of that name."
            )


def _names_without_variable(variant: AssistantVariant) -> list[str]:
    document = variant.document if variant.kind == AssistantVariant.Kind.WHOLE_ASSISTANT else None
    filled = {*variant.variables.values_list("name", flat=True), *variant.overrides.get("variableValues", {})}
    return [name for name in names_to_fill([document, variant.overrides]) if name not in filled]


@admin.register(Line)
class LineAdmin(ModelAdmin):
    """Our own numbers at Vapi."""

    form = LineForm
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


class Conditions(Rows):
    """What must hold for the rule to match."""

    model = Condition
    form = ConditionForm


class RuleList(ChangeList):
    """The rules in the order in which they are tried."""

    model_admin: Any

    def get_results(self, request: HttpRequest) -> None:
        """Offers dragging, which numbers the rows on the page anew, only where all rules are on the page."""
        super().get_results(request)
        if self.query or self.multi_page:
            self.model_admin = copy(self.model_admin)
            self.model_admin.ordering_field = None


class Shares(Rows):
    """Among whom a rule splits its callers."""

    model = Share
    formset = ShareFormSet
    verbose_name_plural = "split among several variants"
    hide_title = False


@admin.register(RoutingRule)
class RoutingRuleAdmin(ModelAdmin):
    """If these conditions hold, this variant answers."""

    form = RuleForm
    inlines = [Conditions, Shares]
    warn_unsaved_form = True
    list_display = ("name", "sentence", "answer", "enabled", "priority")
    list_editable = ("enabled", "priority")
    list_select_related = ("variant",)
    list_per_page = 500
    ordering_field = "priority"
    sortable_by = ()
    search_fields = ("name", "variant__name", "conditions__value")
    search_help_text = "Name, variant or value"
    autocomplete_fields = ("variant", "lines")
    fieldsets = (
        (None, {"fields": (("name", "variant"), ("priority", "enabled"))}),
        ("Where and when", {"fields": ("lines", "valid_from", "valid_until")}),
    )

    class Media:
        js = ("assistants/traits.js",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RuleList]:
        """Draggable."""
        return RuleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoutingRule]:
        """With what the sentence says."""
        rules: QuerySet[RoutingRule] = (
            super().get_queryset(request).prefetch_related("conditions", "lines", "shares__variant")
        )
        return rules

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new rule is tried last."""
        last = RoutingRule.objects.aggregate(Max("priority", default=0))["priority__max"]
        return {"priority": last + 10, **super().get_changeform_initial_data(request)}

    @display(description="variant")
    def answer(self, rule: RoutingRule) -> str:
        """Who answers: one variant, or the parts of a split."""
        return str(rule.variant) if rule.variant else ", ".join(map(str, rule.shares.all()))

    @display(description="answers if")
    def sentence(self, rule: RoutingRule) -> str:
        """The conditions, the lines and the window in plain English."""
        conditions = " and ".join(map(str, rule.conditions.all())) or "always"
        lines = f"on {' or '.join(map(str, rule.lines.all()))}" if rule.lines.all() else ""
        start = f"from {date_format(rule.valid_from, 'j M Y H:i')}" if rule.valid_from else ""
        end = f"until {date_format(rule.valid_until, 'j M Y H:i')}" if rule.valid_until else ""
        return ", ".join(filter(None, [conditions, lines, start, end]))


@admin.register(HolidayList)
class HolidayListAdmin(ModelAdmin):
    """Days on which rules may answer otherwise."""

    search_fields = ("name",)


@admin.register(Pin)
class PinAdmin(ModelAdmin):
    """One customer or number and its variant, for a while; it acts at once."""

    form = PinForm
    list_display = ("__str__", "until", "note")
    list_select_related = ("customer", "variant")
    autocomplete_fields = ("customer", "variant")


@admin.register(SiteSettings)
class SiteSettingsAdmin(ModelAdmin):
    """The one row that holds for every line."""

    autocomplete_fields = ("fallback", "refusal")
    fieldsets = (
        ("Emergency", {"fields": ("emergency",)}),
        ("Answers", {"fields": ("fallback", "refusal")}),
    )

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

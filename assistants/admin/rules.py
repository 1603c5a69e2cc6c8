"""Rules in the admin: in order, draggable, readable as sentences."""

from copy import copy
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import display
from unfold.views import ChangeList

from assistants.admin.drafts import DraftAdmin
from assistants.admin.findings import ShowsFindings, attach_findings
from assistants.admin.rows import Rows
from assistants.forms import ConditionForm, RuleForm, ShareFormSet
from assistants.models import Condition, RoutingRule, Share
from customers.call_figures import WEEK, calls_by_rule


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
        attach_findings(self.result_list)
        since = timezone.now() - timedelta(days=WEEK)
        calls = calls_by_rule(since=since)
        for rule in self.result_list:
            rule.matched, rule.matched_since = calls.get(rule.name, 0), since.isoformat()
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
class RoutingRuleAdmin(ShowsFindings, DraftAdmin):
    """If these conditions hold, this variant answers."""

    form = RuleForm
    inlines = [Conditions, Shares]
    warn_unsaved_form = True
    list_display = ("name", "sentence", "answer", "matched", "findings", "enabled", "priority")
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

    @display(description="this week")
    def matched(self, rule: Any) -> str:
        """How many calls it decided in the last seven days, which it leads to."""
        filters = {"rule": rule.name, "created_at__gte": rule.matched_since}
        address = f"{reverse('admin:customers_call_changelist')}?{urlencode(filters)}"
        return format_html('<a href="{}" class="underline">{}</a>', address, rule.matched) if rule.matched else "0"

    @display(description="answers if")
    def sentence(self, rule: RoutingRule) -> str:
        """The conditions, the lines and the window in plain English."""
        conditions = " and ".join(map(str, rule.conditions.all())) or "always"
        lines = f"on {' or '.join(map(str, rule.lines.all()))}" if rule.lines.all() else ""
        start = f"from {date_format(rule.valid_from, 'DATETIME_FORMAT')}" if rule.valid_from else ""
        end = f"until {date_format(rule.valid_until, 'DATETIME_FORMAT')}" if rule.valid_until else ""
        return ", ".join(filter(None, [conditions, lines, start, end]))

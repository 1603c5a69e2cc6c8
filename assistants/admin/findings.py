"""What is wrong with the draft's rules, shown at each rule: in the list, and above its form."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from assistants.models import RoutingRule
from assistants.reachability import Finding, FindingKind
from assistants.rule_findings import draft_findings

_BADGES = {
    FindingKind.OVER: "over",
    FindingKind.IMPOSSIBLE: "can never match",
    FindingKind.SHADOWED: "never reached",
    FindingKind.CONTRADICTS: "contradicts",
}


def attach_findings(rules: Iterable[Any]) -> None:
    """Gives each of these rules its `findings`; the draft is read once for all."""
    found = draft_findings(at=timezone.localtime())
    for rule in rules:
        rule.findings = found.get(rule.name, [])


class ShowsFindings:
    """For the rules' admin: the column `findings`, for rules with attached findings, and the notice above the form."""

    change_form_outer_before_template = "assistants/rule_findings.html"

    @display(description="check")
    def findings(self, rule: Any) -> SafeString:
        """What is wrong with the rule, in a word or two; the sentence stands beneath the pointer and on the form."""
        return mark_safe("".join(map(_badge, rule.findings)))  # templates have escaped it

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With what is wrong with the rule as it was last saved."""
        rule = kwargs.get("obj")
        if isinstance(rule, RoutingRule):
            attach_findings([rule])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # a mix-in


def _badge(finding: Finding) -> str:
    label = {"type": "warning", "text": _BADGES[finding.kind], "label_title": finding.sentence}
    return render_to_string("unfold/helpers/label.html", label)

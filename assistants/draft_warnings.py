"""What staff should look at before they publish: all that is allowed, and yet hardly meant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistants.rule_findings import findings_in
from assistants.variant_warnings import variant_warnings


@dataclass(frozen=True, slots=True)
class DraftWarning:
    """One thing to look at: where (`rule “Gold callers”`) and a sentence that says what, and what to do."""

    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


def draft_warnings(document: Mapping[str, Any], *, at: datetime) -> list[DraftWarning]:
    """All warnings about a document that is free of problems (see checking.py), from the moment `at` (aware) on."""
    return [*_fallbacks(document), *_holidays(document, at.date()), *_variants(document), *_rules(document, at)]


def _fallbacks(document: Mapping[str, Any]) -> Iterator[DraftWarning]:
    if "fallback" in document.get("site", {}):
        return
    yield DraftWarning("site settings", "There is no fallback: calls on a line that is not listed here get an apology.")
    for name, line in document.get("lines", {}).items():
        if "fallback" not in line:
            sentence = (
                "Neither this line nor the site has a fallback: whoever no rule takes gets an apology. Choose one."
            )
            yield DraftWarning(f"line “{name}”", sentence)


def _holidays(document: Mapping[str, Any], today: date) -> Iterator[DraftWarning]:
    used = {
        condition.get("parameter")
        for rule in document.get("rules", {}).values()
        for condition in rule.get("conditions", [])
        if condition["trait"].endswith("_holiday")
    }
    for name, dates in document.get("holidays", {}).items():
        if name in used and all(date.fromisoformat(day) < today for day in dates):
            yield DraftWarning(f"holiday list “{name}”", "All its dates are over: add those to come, rules rest on it.")


def _variants(document: Mapping[str, Any]) -> Iterator[DraftWarning]:
    for name, variant in document.get("variants", {}).items():
        for sentence in variant_warnings(variant):
            yield DraftWarning(f"variant “{name}”", sentence)


def _rules(document: Mapping[str, Any], at: datetime) -> Iterator[DraftWarning]:
    return (DraftWarning(f"rule “{finding.rule}”", finding.sentence) for finding in findings_in(document, at=at))

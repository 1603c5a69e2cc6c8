"""Lines, variants and rules as one immutable, numbered document that calls are decided by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistants.operators import Operator
from assistants.placeholders import Template
from assistants.traits import KnownFacts, Trait, read_for_comparison


@dataclass(frozen=True, slots=True)
class VariableSpec:
    """What a prompt calls `{{name}}`: the trait it speaks and what is said where nothing is known."""

    name: str
    trait: Trait
    parameter: str
    default: str
    verified: bool
    in_metadata: bool


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """One way of answering. `template` is set for whole assistants, `refusals` (language → text) for refusals."""

    name: str
    kind: str
    vapi_id: str = ""
    template: Template | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    variables: tuple[VariableSpec, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConditionSpec:
    """One thing that must hold, with its value already parsed. `sentence` says it in English."""

    trait: Trait
    parameter: str
    operator: Operator
    expected: Any
    sentence: str

    def holds(self, facts: KnownFacts) -> bool:
        """Whether it holds of what is known."""
        return self.operator.holds(read_for_comparison(self.trait, facts, self.parameter), self.expected)


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """If these conditions hold on these lines (none = all) within this window, this variant answers."""

    name: str
    variant: VariantSpec
    lines: frozenset[str] = frozenset()
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    conditions: tuple[ConditionSpec, ...] = ()

    def obstacle(self, facts: KnownFacts) -> str | None:
        """Why the rule does not match: its window, its lines or the first condition that fails; None if it does."""
        if self.valid_from and facts.at < self.valid_from:
            return f"valid only from {self.valid_from.isoformat()}"
        if self.valid_until and facts.at >= self.valid_until:
            return f"valid only until {self.valid_until.isoformat()}"
        if self.lines and facts.line not in self.lines:
            return f"only on {', '.join(sorted(self.lines))}"
        return next((condition.sentence for condition in self.conditions if not condition.holds(facts)), None)


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One of our numbers: how its calls are read, and who answers when no rule matches."""

    name: str
    region: str
    timezone: str
    fallback: VariantSpec | None = None
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that decides a call, as of one version. Rules stand in the order in which they are tried."""

    version: int
    rules: tuple[RuleSpec, ...] = ()
    lines_by_vapi_id: Mapping[str, LineSpec] = field(default_factory=dict)
    lines_by_number: Mapping[str, LineSpec] = field(default_factory=dict)
    lines_by_sip_uri: Mapping[str, LineSpec] = field(default_factory=dict)
    fallback: VariantSpec | None = None
    refusal: VariantSpec | None = None
    emergency: bool = False

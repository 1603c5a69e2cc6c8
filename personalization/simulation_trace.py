"""Every rule of a simulated call, also those that a call does not get to."""

from dataclasses import dataclass
from enum import StrEnum

from assistants.routing import RoutingDecision
from assistants.ruleset import Obstacle, Ruleset, RuleSpec


class Outcome(StrEnum):
    """What became of a rule."""

    ANSWERS = "answers"
    WOULD_ANSWER = "would have answered"
    COMES_LATER = "would match too"
    FAILS = "does not match"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule: what became of it, and its obstacle where it does not match."""

    rule: RuleSpec
    outcome: Outcome
    obstacle: Obstacle | None = None

    @property
    def conditions(self) -> list[str]:
        """The rule's conditions as sentences."""
        return [condition.sentence for condition in self.rule.conditions]

    @property
    def sentence(self) -> str:
        """Why it matches, or what it wants and what there is: `account type is gold (it is “silver”)`."""
        if self.obstacle:
            return str(self.obstacle)
        return f"{' and '.join(self.conditions) or 'always'} ({self.outcome})"


def steps(decision: RoutingDecision, ruleset: Ruleset) -> tuple[Step, ...]:
    """Each rule in order with what became of it; where rules were not asked, with what would have."""
    first = Outcome.ANSWERS if decision.rule else Outcome.WOULD_ANSWER
    found: list[Step] = []
    for rule in ruleset.rules:
        obstacle = rule.obstacle(decision.facts)
        is_first = all(step.obstacle for step in found)
        outcome = Outcome.FAILS if obstacle else first if is_first else Outcome.COMES_LATER
        found.append(Step(rule, outcome, obstacle))
    return tuple(found)

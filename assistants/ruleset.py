"""A published document as calls are decided by it: immutable, parsed, and swapped as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assistants.calling_hours import CallingHours
from assistants.facts import KnownFacts
from assistants.operators import Operator
from assistants.placeholders import Template
from assistants.sentences import NOTHING, fact_in_words
from assistants.speech import PLAIN
from assistants.splits import choose
from assistants.trait import Trait, read_for_comparison


@dataclass(frozen=True, slots=True)
class VariableSpec:
    """What a prompt calls `{{name}}`: the trait it speaks, how, and what is said where nothing is known."""

    name: str
    trait: Trait
    default: str
    parameter: str = ""
    format: str = PLAIN.key
    format_argument: str = ""
    verified: bool = False
    in_metadata: bool = False


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """One way of answering. `template` is set for whole assistants and squads, `refusals` (language → text) for
    refusals, `destination` (Vapi's form) for transfers. With `reports_here` Vapi's later messages come to us."""

    name: str
    kind: str
    vapi_id: str = ""
    template: Template | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    variables: tuple[VariableSpec, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)
    destination: Mapping[str, Any] = field(default_factory=dict)
    reports_here: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a rule does not match: what it wants, and what there is instead."""

    wanted: str
    actual: str | None = None

    def __str__(self) -> str:
        if self.actual in {None, NOTHING}:
            return " ".join(filter(None, [self.wanted, self.actual]))
        return f"{self.wanted} (it is “{self.actual}”)"


@dataclass(frozen=True, slots=True)
class ConditionSpec:
    """One thing that must hold, with its value already parsed. `sentence` says it in English."""

    trait: Trait
    parameter: str
    operator: Operator
    expected: Any
    sentence: str
    _subject: tuple[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_subject", (self.trait.key, self.parameter))

    def holds(self, facts: KnownFacts) -> bool:
        """Whether it holds of what is known."""
        try:
            actual = facts.compared[self._subject]
        except KeyError:  # the first condition of this call that asks for it
            actual = read_for_comparison(self.trait, facts, self.parameter)
            facts.compared[self._subject] = actual
        return self.operator.if_missing if actual is None else self.operator.compare(actual, self.expected)

    def obstacle(self, facts: KnownFacts) -> Obstacle:
        """What is there instead, as it is stored, where the condition does not hold."""
        actual = self.trait.read(facts, self.parameter)
        return Obstacle(self.sentence, fact_in_words(actual, self.trait.type))


@dataclass(frozen=True, slots=True)
class Limit:
    """What a rule is limited to besides its conditions: its window, its lines. `sentence` says it in English."""

    sentence: str
    holds: Callable[[KnownFacts], bool]
    actual: Callable[[KnownFacts], str | None] = lambda _: None

    def obstacle(self, facts: KnownFacts) -> Obstacle:
        """What is there instead, where the limit does not hold."""
        return Obstacle(self.sentence, self.actual(facts))


def _limits(valid_from: datetime | None, valid_until: datetime | None, lines: frozenset[str]) -> Iterator[Limit]:
    if valid_from:
        yield Limit(f"valid only from {valid_from.isoformat()}", lambda facts: facts.at >= valid_from)
    if valid_until:
        yield Limit(f"valid only until {valid_until.isoformat()}", lambda facts: facts.at < valid_until)
    if lines:
        yield Limit(
            f"only on {', '.join(sorted(lines))}",
            lambda facts: facts.line in lines,
            lambda facts: facts.line or "a line we were not told of",
        )


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """If these conditions hold on these lines (none = all) within this window, one of these variants answers."""

    name: str
    variants: tuple[VariantSpec, ...]
    weights: Mapping[str, int] = field(default_factory=dict)
    lines: frozenset[str] = frozenset()
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    conditions: tuple[ConditionSpec, ...] = ()
    _requirements: tuple[Limit | ConditionSpec, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limits = _limits(self.valid_from, self.valid_until, self.lines)
        object.__setattr__(self, "_requirements", (*limits, *self.conditions))

    def matches(self, facts: KnownFacts) -> bool:
        """Whether its window, its lines and all of its conditions hold."""
        return self._unmet(facts) is None

    def obstacle(self, facts: KnownFacts) -> Obstacle | None:
        """Why the rule does not match: its window, its lines or the first condition that fails; None if it does."""
        unmet = self._unmet(facts)
        return unmet.obstacle(facts) if unmet else None

    def _unmet(self, facts: KnownFacts) -> Limit | ConditionSpec | None:
        for requirement in self._requirements:
            if not requirement.holds(facts):
                return requirement
        return None

    @property
    def answer(self) -> str:
        """Who answers, in words: a variant's name, or the parts of a split."""
        return (
            " / ".join(f"{name} \N{MULTIPLICATION SIGN} {weight}" for name, weight in self.weights.items())
            or self.variants[0].name
        )

    def variant_for(self, facts: KnownFacts) -> VariantSpec:
        """Who answers: the same variant for the same customer, or number, as long as the weights are the same."""
        if len(self.variants) == 1:
            return self.variants[0]
        customer = facts.caller.customer
        caller = customer.id if customer else facts.caller.address.shown or facts.call.call_id
        chosen = choose(rule=self.name, caller=caller, weights=self.weights)
        return next(variant for variant in self.variants if variant.name == chosen)


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One of our numbers: how its calls are read, and who answers when no rule matches."""

    name: str
    region: str = "US"
    timezone: str = "UTC"
    number: str = ""
    sip_uri: str = ""
    vapi_id: str = ""
    fallback: VariantSpec | None = None


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All that one version says. Rules stand in the order in which they are tried."""

    version: int
    rules: tuple[RuleSpec, ...] = ()
    lines: tuple[LineSpec, ...] = ()
    variants: Mapping[str, VariantSpec] = field(default_factory=dict)
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    fallback: VariantSpec | None = None
    refusal: VariantSpec | None = None
    lines_by_address: Mapping[str, LineSpec] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Switches:
    """What acts at once, without being published: emergency switches and pins.

    `emergency_lines` holds every name and address of the lines whose switch is on. Pins are by the customer's
    number and by caller's address, each with the moment at which it ends. `calling_hours` and `called_countries` (their
    two letters) are when and where we may call; nobody is called where there are no hours.
    """

    emergency: bool = False
    emergency_lines: frozenset[str] = frozenset()
    pinned_customers: Mapping[int, tuple[str, datetime]] = field(default_factory=dict)
    pinned_addresses: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    calling_hours: CallingHours | None = None
    called_countries: frozenset[str] = frozenset()


NO_SWITCHES = Switches()

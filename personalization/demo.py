"""The demo data: a dozen customers and their calls, two lines, and rules that tell a story.

The numbers are reserved for fiction (+1 303 555 0100 to 0199, +44 161 496 0000 to 0999): nobody has them. Every
rule holds on every line and answers with an assistant at any hour.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from assistants.models import AssistantVariant, Condition, Line, RoutingRule, SiteSettings, Variable
from assistants.publishing import CannotPublish, newest_number, publish_draft, unpublished_changes
from customers.models import ContactPoint, Customer
from personalization import demo_calls

SEED_GREETING = "Hello {{customerName}}! I see you've been a {{accountType}} customer since {{joinDate}}."


@dataclass(frozen=True, slots=True)
class Person:
    """One of the demo's customers; the first number is the person's own."""

    name: str
    numbers: tuple[str, ...]
    tier: str
    joined_on: date
    language: str = "en"
    timezone: str = "America/Denver"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """What was taken out, counted by kind; the names of variants that the site's own rows still use."""

    gone: Mapping[str, int]
    kept: Sequence[str]

    def __str__(self) -> str:
        return ", ".join(f"{count} {kind}" for kind, count in self.gone.items() if count) or "nothing was there"


PEOPLE = (
    Person("Ada Example", ("+13035550101",), "gold", date(2023, 4, 1), tags=("newsletter",)),
    Person("Ben Okafor", ("+13035550102",), "gold", date(2019, 11, 15)),
    Person("Carmen Ruiz", ("+13035550103",), "silver", date(2022, 6, 30), language="es-MX"),
    Person("Dmitri Volkov", ("+13035550104",), "standard", date(2025, 1, 20)),
    Person("Elena García", ("+13035550105",), "standard", date(2024, 8, 5), language="es"),
    Person("Farid Haddad", ("+13035550106",), "silver", date(2021, 2, 28), tags=("wholesale",)),
    Person("Grace Murphy", ("+441614960107",), "gold", date(2018, 9, 1), "en-GB", "Europe/London"),
    Person("Hugh Sinclair", ("+441614960108",), "silver", date(2020, 12, 12), "en-GB", "Europe/London"),
    Person("Imani Clarke", ("+441614960109",), "standard", date(2026, 3, 3), "en-GB", "Europe/London"),
    Person("Jun Tanaka", ("+13035550110",), "silver", date(2023, 10, 10), timezone="America/Los_Angeles"),
    # Two who share a telephone: from it, nobody's data is disclosed.
    Person("Kate Larsen", ("+13035550111", "+13035550115"), "standard", date(2024, 5, 17), tags=("family",)),
    Person("Leo Larsen", ("+13035550112", "+13035550115"), "standard", date(2024, 5, 17), tags=("family",)),
)

LINES = (
    {"name": "US support", "number": "+13035550190", "region": "US", "timezone": "America/Denver"},
    {"name": "UK support", "number": "+441614960990", "region": "GB", "timezone": "Europe/London"},
)
FALLBACK = "Front desk"


def whole_assistant(name: str, greeting: str, duty: str) -> dict[str, Any]:
    """An assistant in Vapi's words that needs nothing saved at Vapi (CreateAssistantDTO)."""
    prompt = (
        f"{duty} Keep your answers short, as they are spoken. What is known of the caller: name: {{{{customerName}}}}; "
        "account type: {{accountType}}; customer since: {{joinDate}}. Never guess what you do not know."
    )
    return {
        "name": name,
        "firstMessage": greeting,
        "model": {"provider": "openai", "model": "gpt-4o-mini", "messages": [{"role": "system", "content": prompt}]},
        "voice": {"provider": "vapi", "voiceId": "Elliot"},
        "transcriber": {"provider": "deepgram", "model": "nova-3", "language": "multi"},
    }


VARIANTS: dict[str, dict[str, Any]] = {
    "VIP desk": {
        "kind": AssistantVariant.Kind.WHOLE_ASSISTANT,
        "document": whole_assistant("VIP desk", SEED_GREETING, "You look after our gold customers: take your time."),
    },
    "Spanish desk": {
        "kind": AssistantVariant.Kind.SAVED_ASSISTANT,
        "vapi_id": "asst_spanish_desk_demo",
        "overrides": {"firstMessage": "¡Hola, {{customerName}}! ¿En qué puedo ayudarle?"},
    },
    "After hours": {
        "kind": AssistantVariant.Kind.WHOLE_ASSISTANT,
        "document": whole_assistant(
            "After hours",
            "Hello {{customerName}}. Our office is closed right now, but I can take a message.",
            "The office is closed: take a message and promise a call back on the next working day.",
        ),
    },
    "New callers": {
        "kind": AssistantVariant.Kind.WHOLE_ASSISTANT,
        "document": whole_assistant(
            "New callers",
            "Hello, and welcome! May I ask for your name?",
            "The caller's number is not known to us: ask for the name and how you can help.",
        ),
    },
    FALLBACK: {
        "kind": AssistantVariant.Kind.WHOLE_ASSISTANT,
        "document": whole_assistant(
            FALLBACK, "Hello {{customerName}}, how can I help you today?", "You answer our customers' calls."
        ),
    },
}
SEED_VARIABLES = (
    ("customerName", "name", "valued customer"),
    ("accountType", "tier", "standard"),
    ("joinDate", "joined_on", "an unknown date"),
)
# Rules in the order in which they are tried: name, variant, conditions as trait, operator, value.
RULES: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("Gold callers", "VIP desk", (("tier", "is", "gold"),)),
    ("Spanish speakers", "Spanish desk", (("language", "is", "es"),)),
    ("Out of hours", "After hours", (("line_time", "between", "18:00, 08:00"),)),
    ("Weekend", "After hours", (("line_weekday", "any-of", "Sat, Sun"),)),
    ("Unknown callers", "New callers", (("unknown", "yes", ""),)),
    ("Everybody else", FALLBACK, ()),
)


def is_empty() -> bool:
    """Whether this database holds no customers and no rules, so that demo data would be in nobody's way."""
    return not Customer.objects.exists() and not RoutingRule.objects.exists()


@transaction.atomic
def load(*, at: datetime) -> bool:
    """Puts the demo data in and publishes it; what is there already under the same id or name stays as it is.

    The calls are of the days before `at`.

    Returns whether callers hear all of it: where other changes wait to be published, those are not published with it.
    """
    with _published_with_nothing_else(note="Demo data"):
        _load()
    demo_calls.load(at=at, version=newest_number())
    return not unpublished_changes()


@transaction.atomic
def remove() -> Removal:
    """Takes the demo data out, except what the site's own rows still use."""
    with _published_with_nothing_else(note="Demo data taken out"):
        return _remove()


@contextmanager
def _published_with_nothing_else(*, note: str) -> Iterator[None]:
    """Publishes what is done to the draft within, unless somebody's changes wait there already."""
    clean = newest_number() == 0 or not unpublished_changes()
    yield
    if clean:
        with suppress(CannotPublish):  # nothing changed
            publish_draft(note=note)


def _load() -> None:
    _load_people()
    _load_variants()
    for line in LINES:
        fallback = AssistantVariant.objects.get(name=FALLBACK)
        Line.objects.get_or_create(name=line["name"], defaults={**line, "fallback": fallback})
    _load_rules()


def _remove() -> Removal:
    gone = {
        "calls": demo_calls.remove(),
        "customers": _deleted(Customer.objects.filter(external_id__in=_external_ids())),
        "rules": _deleted(RoutingRule.objects.filter(name__in=[name for name, _, _ in RULES])),
        "lines": _deleted(Line.objects.filter(name__in=[line["name"] for line in LINES])),
    }
    used = AssistantVariant.objects.filter(name__in=VARIANTS).filter(_in_use())
    kept = sorted(used.values_list("name", flat=True))
    gone["variants"] = _deleted(AssistantVariant.objects.filter(name__in=VARIANTS).exclude(name__in=kept))
    return Removal(gone, kept)


def _deleted(rows: models.QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)


def _external_ids() -> list[str]:
    return [f"demo-{position:02}" for position in range(1, len(PEOPLE) + 1)]


def _in_use() -> models.Q:
    return (
        models.Q(rules__isnull=False)
        | models.Q(pk__in=Line.objects.exclude(fallback=None).values("fallback"))
        | models.Q(pk__in=SiteSettings.objects.exclude(fallback=None).values("fallback"))
        | models.Q(pk__in=SiteSettings.objects.exclude(refusal=None).values("refusal"))
    )


def _load_people() -> None:
    for external_id, person in zip(_external_ids(), PEOPLE, strict=True):
        facts = {
            "name": person.name,
            "tier": person.tier,
            "joined_on": person.joined_on,
            "language": person.language,
            "timezone": person.timezone,
            "tags": list(person.tags),
        }
        customer, created = Customer.objects.get_or_create(external_id=external_id, defaults=facts)
        if created:
            ContactPoint.objects.bulk_create(ContactPoint(customer=customer, value=number) for number in person.numbers)


def _load_variants() -> None:
    for name, facts in VARIANTS.items():
        variant, created = AssistantVariant.objects.get_or_create(name=name, defaults=facts)
        if created:
            Variable.objects.bulk_create(
                Variable(variant=variant, name=variable, trait=trait, default=default)
                for variable, trait, default in SEED_VARIABLES
            )


def _load_rules() -> None:
    for position, (name, variant, conditions) in enumerate(RULES, start=1):
        facts = {"priority": 10 * position, "variant": AssistantVariant.objects.get(name=variant)}
        rule, created = RoutingRule.objects.get_or_create(name=name, defaults=facts)
        if created:
            Condition.objects.bulk_create(
                Condition(rule=rule, trait=trait, operator=operator, value=value)
                for trait, operator, value in conditions
            )

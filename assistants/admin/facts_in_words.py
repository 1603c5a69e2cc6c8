"""The facts of one part of a document, each with the label of its field and its value in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from assistants.models import AssistantVariant, Line
from assistants.sentences import condition_sentence
from assistants.speech import FORMATS
from assistants.traits import TRAITS

Facts = Mapping[str, Any]
Words = Iterator[tuple[str, str]]

_ALWAYS = "always"


def facts_in_words(section: str, facts: Any) -> dict[str, str]:
    """Label → words, for a section of the document (`rules`, `variants` …) and the facts of one of its parts."""
    return dict(_OF_SECTION[section](facts)) if facts else {}


def _site(facts: Facts) -> Words:
    for key, name in facts.items():
        yield {"refusal": "blocked customers hear"}.get(key, key), name


def _holidays(dates: list[str]) -> Words:
    # One label a day, so that only days that came or went are shown.
    for day in dates:
        yield day, "holiday"


def _line(facts: Facts) -> Words:
    for key, value in facts.items():
        yield str(label_for_field(key, Line)), value


def _rule(facts: Facts) -> Words:
    yield "priority", str(facts.get("priority", ""))
    yield "enabled", "yes" if facts.get("enabled", True) else "no"
    yield "lines", ", ".join(facts.get("lines", [])) or "every line"
    for key in ("valid_from", "valid_until"):
        yield key.replace("_", " "), _moment(facts.get(key))
    yield "answers if", " and ".join(map(_condition, facts.get("conditions", []))) or _ALWAYS
    yield "variant", facts.get("variant", "")
    split = facts.get("split", {})
    yield "split", ", ".join(f"{variant} \N{MULTIPLICATION SIGN} {weight}" for variant, weight in split.items())


def _moment(text: str | None) -> str:
    moment = parse_datetime(text) if text else None
    return date_format(moment, "DATETIME_FORMAT") if moment else ""


def _condition(facts: Facts) -> str:
    return condition_sentence(
        trait=facts.get("trait", ""),
        parameter=facts.get("parameter", ""),
        operator=facts.get("operator", ""),
        value=facts.get("value", ""),
    )


def _variant(facts: Facts) -> Words:
    for key, value in facts.items():
        match key:
            case "kind":
                yield key, str(AssistantVariant.Kind(value).label)
            case "document" | "overrides" | "transfer_sip_headers":
                title = {"document": "JSON", "transfer_sip_headers": "SIP headers"}.get(key, key)
                yield from ((f"{title} {path}".strip(), text) for path, text in _leaves("", value))
            case "refusal_texts":
                yield from ((f"says in {language}", text) for language, text in value.items())
            case "variables":
                yield from ((f"variable {name}", _variable(variable)) for name, variable in value.items())
            case _:
                yield str(label_for_field(key, AssistantVariant)), value if isinstance(value, str) else _plain(value)


def _variable(facts: Facts) -> str:
    trait, form = TRAITS.get(facts.get("trait", "")), FORMATS.get(facts.get("format", ""))
    parts = [
        f"{trait.label if trait else '?'} {facts.get('parameter', '')}".strip(),
        f"spoken as {form.label} {facts.get('format_argument', '')}".strip() if form else "",
        f"else “{facts.get('default', '')}”",
        facts.get("disclosure", trait.disclosure if trait and trait.disclosure == "verified" else ""),
        "also in metadata" if facts.get("in_metadata") else "",
    ]
    return ", ".join(filter(None, parts))


def _leaves(path: str, value: Any) -> Words:
    """Every plain value inside, with its path as Vapi writes it: `model.messages[0].content`."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list) and value:
        for position, inner in enumerate(value):
            yield from _leaves(f"{path}[{position}]", inner)
    else:
        yield path, value if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "null"
        case _:
            return str(value)


_OF_SECTION: Mapping[str, Callable[[Any], Words]] = {
    "site": _site,
    "holidays": _holidays,
    "lines": _line,
    "variants": _variant,
    "rules": _rule,
}

"""What is wrong with a document: the one check that forms, publishing and files share.

A document with problems cannot be published. Each problem names its place and says what to do.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from assistants import vapi_schema
from assistants.document_shape import Kind, Path, Problem, shape_problems
from assistants.operators import OPERATORS, InvalidValue, comparable
from assistants.prompt_names import VAPI_NAMES
from assistants.speech import PLAIN, InvalidFormat, check_format
from assistants.traits import TRAITS
from assistants.value_shapes import WHOLE, typed_words
from customers.phone_numbers import InvalidNumber, parse_number, parse_sip_uri
from customers.validators import validate_language, validate_timezone


def problems(document: Any) -> list[Problem]:
    """All that keeps `document` from being published; none means that calls can be decided by it."""
    return list(shape_problems(document)) or list(_meaning(document))


def _meaning(document: Mapping[str, Any]) -> Iterator[Problem]:
    variants = document.get("variants", {})
    for key, name in document.get("site", {}).items():
        yield from _reference(("site", key), name, variants, "variant")
    refusal = document.get("site", {}).get("refusal")
    if refusal in variants and variants[refusal]["kind"] != Kind.REFUSAL:
        yield Problem(("site", "refusal"), f"“{refusal}” is no spoken refusal.")
    yield from _lines(document.get("lines", {}), variants)
    for name, variant in variants.items():
        yield from check_variant(variant, ("variants", name))
    for name, rule in document.get("rules", {}).items():
        yield from _rule(rule, ("rules", name), document)


def _reference(path: Path, name: str, known: Mapping[str, Any], what: str) -> Iterator[Problem]:
    if name not in known:
        yield Problem(path, f"There is no {what} “{name}”.")


def _lines(lines: Mapping[str, Any], variants: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("number", "sip_uri", "vapi_id"):
        shared = [
            value for value, count in Counter(line.get(key) for line in lines.values()).items() if value and count > 1
        ]
        for value in shared:
            yield Problem(("lines",), f"Two lines have the same {key}: {value}.")
    for name, line in lines.items():
        yield from _line(line, ("lines", name), variants)


def _line(line: Mapping[str, Any], path: Path, variants: Mapping[str, Any]) -> Iterator[Problem]:
    if not (line.get("number") or line.get("sip_uri") or line.get("vapi_id")):
        yield Problem(path, "A line needs its number, its SIP address or its id at Vapi.")
    if "fallback" in line:
        yield from _reference((*path, "fallback"), line["fallback"], variants, "variant")
    if line.get("number") and not re.fullmatch(r"\+[1-9]\d{6,14}", line["number"]):
        yield Problem((*path, "number"), f"“{line['number']}” is not a number in full, as in +13035550190.")
    if line.get("sip_uri"):
        yield from _sip_uri((*path, "sip_uri"), line["sip_uri"])
    if line.get("region", "US") not in phonenumbers.SUPPORTED_REGIONS:
        yield Problem((*path, "region"), f"“{line['region']}” is not a country code such as US.")
    yield from _validated((*path, "timezone"), line.get("timezone", "UTC"), validate_timezone)


def check_variant(variant: Mapping[str, Any], path: Path = ()) -> Iterator[Problem]:
    """What is wrong with one variant in the document's form; the admin's form shows it at the field that is named."""
    yield from _VARIANT_CHECKS[variant["kind"]](variant, path)
    if variant.get("overrides"):
        yield from _vapi((*path, "overrides"), vapi_schema.check_overrides(variant["overrides"]))
    for name, variable in variant.get("variables", {}).items():
        yield from check_variable(name, variable, (*path, "variables", name))


def _saved(variant: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if not variant.get("vapi_id", "").strip():
        yield Problem((*path, "vapi_id"), "A saved assistant or squad needs its id in Vapi's dashboard.")


def _whole(
    check: Callable[[Any], list[vapi_schema.SchemaProblem]],
) -> Callable[[Mapping[str, Any], Path], Iterator[Problem]]:
    def checked(variant: Mapping[str, Any], path: Path) -> Iterator[Problem]:
        if "document" not in variant:
            yield Problem((*path, "document"), "A whole assistant or squad needs its JSON.")
        else:
            yield from _vapi((*path, "document"), check(variant["document"]))

    return checked


def _vapi(path: Path, found: Iterable[vapi_schema.SchemaProblem]) -> Iterator[Problem]:
    for problem in found:
        if not problem.is_warning:
            yield Problem(path, str(problem), problem.steps)


def _transfer(variant: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    target = variant.get("transfer_to", "")
    if target.lower().startswith(("sip:", "sips:")):
        yield from _sip_uri((*path, "transfer_to"), target)
    else:
        yield from _phone_number((*path, "transfer_to"), target)
    if not re.fullmatch(r"[0-9*#]{0,10}", variant.get("transfer_extension", "")):
        yield Problem((*path, "transfer_extension"), "An extension has at most 10 digits.")
    if variant.get("transfer_caller_id"):
        yield from _phone_number((*path, "transfer_caller_id"), variant["transfer_caller_id"])
    if not all(isinstance(value, str) for value in variant.get("transfer_sip_headers", {}).values()):
        yield Problem((*path, "transfer_sip_headers"), "Each header's value is a text.")


def _phone_number(path: Path, text: str) -> Iterator[Problem]:
    try:
        if parse_number(text, "ZZ").number != text:
            yield Problem(path, f"Write “{text}” without blanks and punctuation.")
    except InvalidNumber:
        yield Problem(path, f"“{text}” is not a number in full, as in +13035550123, nor sip:desk@example.com.")


def _sip_uri(path: Path, text: str) -> Iterator[Problem]:
    try:
        parse_sip_uri(text)
    except InvalidNumber as error:
        yield Problem(path, f"“{text}” {error}.")


def _refusal(variant: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    texts = variant.get("refusal_texts", {})
    if not texts:
        yield Problem((*path, "refusal_texts"), "A spoken refusal needs its text in at least one language.")
    for language, text in texts.items():
        yield from _validated((*path, "refusal_texts", language), language, validate_language)
        if not isinstance(text, str) or not text.strip():
            yield Problem((*path, "refusal_texts", language), "The text is missing.")


_VARIANT_CHECKS: Mapping[str, Callable[[Mapping[str, Any], Path], Iterator[Problem]]] = {
    Kind.SAVED_ASSISTANT: _saved,
    Kind.SAVED_SQUAD: _saved,
    Kind.WHOLE_ASSISTANT: _whole(vapi_schema.check_assistant),
    Kind.WHOLE_SQUAD: _whole(vapi_schema.check_squad),
    Kind.TRANSFER: _transfer,
    Kind.REFUSAL: _refusal,
}


def check_variable(name: str, variable: Mapping[str, Any], path: Path = ()) -> Iterator[Problem]:
    """What is wrong with one variable in the document's form."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", name):
        yield Problem(path, "A variable's name has letters, digits and _ only, as in customerName.")
    if name in VAPI_NAMES:
        yield Problem(path, f"Vapi fills “{name}” itself: choose another name.")
    trait = TRAITS[variable["trait"]]
    yield from _parsed((*path, "parameter"), lambda: trait.check(variable.get("parameter", "")))
    key, argument = variable.get("format", PLAIN.key), variable.get("format_argument", "")
    try:
        check_format(key, argument, trait.type)
    except InvalidFormat as error:
        yield Problem((*path, "format"), str(error))


def check_condition(
    condition: Mapping[str, Any], path: Path = (), *, lines: Collection[str], holidays: Collection[str]
) -> Iterator[Problem]:
    """What is wrong with one condition in the document's form, which may name these lines and holiday lists."""
    trait, operator = TRAITS[condition["trait"]], OPERATORS[condition["operator"]]
    parameter = condition.get("parameter", "")
    yield from _parsed((*path, "parameter"), lambda: trait.check(parameter))
    if trait.type not in operator.types:
        yield from _parsed((*path, "operator"), lambda: operator.parse("", trait.type))
    else:
        yield from _parsed((*path, "value"), lambda: trait.check_value(operator, condition.get("value", "")))
    yield from unknown_names(condition, path, lines=lines, holidays=holidays)


def unknown_names(
    condition: Mapping[str, Any], path: Path = (), *, lines: Collection[str], holidays: Collection[str]
) -> Iterator[Problem]:
    """The lines and the holiday list that a condition names and that there are not, so that it would never hold."""
    operator, parameter = OPERATORS[condition["operator"]], condition.get("parameter", "")
    if condition["trait"].endswith("_holiday") and parameter and parameter not in holidays:
        yield Problem((*path, "parameter"), f"There is no holiday list “{parameter}”.")
    if condition["trait"] == "line" and operator.key in WHOLE:
        known = set(map(comparable, lines))
        for name in typed_words(operator, condition.get("value", "")):
            if comparable(name) not in known:
                yield Problem((*path, "value"), f"There is no line “{name}”: write its name as it stands under Lines.")


def _rule(rule: Mapping[str, Any], path: Path, document: Mapping[str, Any]) -> Iterator[Problem]:
    variants = document.get("variants", {})
    if ("variant" in rule) == bool(rule.get("split")):
        yield Problem((*path, "variant"), "A rule needs either one variant or a split among several.")
    for name in [*([rule["variant"]] if "variant" in rule else []), *rule.get("split", {})]:
        yield from _reference((*path, "variant" if name == rule.get("variant") else "split"), name, variants, "variant")
    for line in rule.get("lines", []):
        yield from _reference((*path, "lines"), line, document.get("lines", {}), "line")
    start, end = rule.get("valid_from"), rule.get("valid_until")
    if start and end and parse_datetime(start) >= parse_datetime(end):  # type: ignore[operator]  # both have been parsed before
        yield Problem((*path, "valid_until"), "“Valid until” must be later than “valid from”.")
    known = {section: document.get(section, {}) for section in ("lines", "holidays")}
    for position, condition in enumerate(rule.get("conditions", [])):
        yield from check_condition(condition, (*path, "conditions", position), **known)


def _parsed(path: Path, parse: Callable[[], Any]) -> Iterator[Problem]:
    try:
        parse()
    except InvalidValue as error:
        yield Problem(path, str(error))


def _validated(path: Path, text: str, validate: Callable[[str], None]) -> Iterator[Problem]:
    try:
        validate(text)
    except ValidationError as error:
        yield Problem(path, " ".join(error.messages))

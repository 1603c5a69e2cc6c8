"""One cell of a table, read as the field it stands for; what cannot be read is refused with a sentence."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from customers.attribute_cells import read_attribute
from customers.formulas import bare
from customers.languages import canonical_language
from customers.models import OWN_ID_PREFIX, Customer
from customers.phone_numbers import masked
from customers.primary_keys import as_pk
from customers.trimming import trimmed
from customers.validators import validate_language, validate_timezone

# 1.41556E+10: what a spreadsheet makes of a long number, digits lost.
ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
FAILED_FORMULAS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_YES = frozenset({"yes", "true", "1", "active"})
_NO = frozenset({"no", "false", "0", "inactive"})
# What Django's validator accepts in any case, at a tenth of its cost.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30}){0,3}@(?:[A-Za-z0-9]{1,30}\.){1,3}[A-Za-z]{2,20}"
)
# Between several tags: a semicolon, or what Google Contacts writes, which marks its own labels besides.
_BETWEEN_TAGS, _OF_GOOGLE = re.compile(";| ::: "), "* "
# How an export writes tags that this could not say.
_JSON = "json:"
# Sentences quote a cell up to here.
_LONGEST_QUOTE = 60


class InvalidCell(ValueError):
    """A cell that cannot be what its column says; the sentence says why and what to write."""


def clean(cell: str) -> str:
    """The cell without what nobody sees around it, and without an export's mark of what is no formula."""
    return bare(trimmed(cell))


def clean_all(cells: Sequence[str]) -> list[str]:
    """All cells clean; most columns need no more than a strip, which one look at all of them tells."""
    together = "".join(cells)
    plain = together.isprintable() and "'" not in together and '="' not in together
    return list(map(str.strip if plain else clean, cells))


def refuse_failed_formula(text: str) -> None:
    """Raises InvalidCell where a spreadsheet's formula has failed: what it shows then is nobody's name."""
    if text in FAILED_FORMULAS:
        raise InvalidCell(f"“{text}” is a formula that failed: correct it in the spreadsheet, or empty the cell.")


def read_external_id(text: str) -> str:
    """The customer's id in other systems, or `id:<number>` of ours."""
    if ROUNDED.fullmatch(text):
        raise InvalidCell(f"“{text}” was rounded by a spreadsheet: format the column as text and export it again.")
    # In capitals, as PostgreSQL compares: there is an i without a dot.
    if text[: len(OWN_ID_PREFIX)].upper() == OWN_ID_PREFIX.upper():
        number = text[len(OWN_ID_PREFIX) :].strip()
        if as_pk(number) is None:
            raise InvalidCell(f"“{short(text)}” begins like our own ids, which are id: and a number: write another.")
        return OWN_ID_PREFIX + number
    return bounded(text, _longest("external_id"))


def text_reader(field: str) -> Callable[[str], str]:
    """A reader of plain text that fits into the customer's field."""
    longest = _longest(field)
    return lambda text: text if len(text) <= longest else bounded(text, longest)


@lru_cache(maxsize=1000)
def read_language(text: str) -> str:
    """A language code, in the spelling in which it is kept."""
    return canonical_language(_validated(text, validate_language))


@lru_cache(maxsize=1000)
def read_timezone(text: str) -> str:
    """The name of a time zone."""
    return _validated(text, validate_timezone)


def read_email(text: str) -> str:
    """An e-mail address."""
    if _PLAIN_EMAIL.fullmatch(text):
        return text
    try:
        validate_email(text)
    except ValidationError as error:
        raise InvalidCell(f"“{masked(text)}” is not an e-mail address such as ada@example.com.") from error
    return bounded(text, _longest("email"))


@lru_cache(maxsize=1000)
def read_flag(text: str) -> str:
    """Yes or no, as PostgreSQL reads it."""
    word = text.lower()
    if word not in _YES | _NO:
        raise InvalidCell(f"“{short(text)}” is neither yes nor no.")
    return "true" if word in _YES else "false"


@lru_cache(maxsize=10_000)
def read_tags(text: str) -> str:
    """Words separated by semicolons, each kept once, as a PostgreSQL array."""
    words = dict.fromkeys(filter(str.strip, _split_tags(text)))
    for word in words:
        read_tag(word)
    return as_array(words)


def write_tags(tags: Sequence[str]) -> str:
    """The cell that read_tags() reads as these."""
    plain = ";".join(tags)
    with suppress(InvalidCell):
        if not tags or _split_tags(trimmed(plain)) == list(tags):
            return plain
    return _JSON + orjson.dumps(tags).decode()


def read_tag(text: str) -> str:
    """One tag."""
    return bounded(text, 100)


def as_array(words: Iterable[str]) -> str:
    """The words as PostgreSQL reads an array."""
    return "{" + ",".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words) + "}"


def fact_reader(form: str | None) -> Callable[[str], Any]:
    """A reader of attributes; where dates have a `form` (as in strptime), text that is such a date becomes ISO's."""
    if not form:
        return read_fact

    def read(text: str) -> Any:
        value = read_fact(text)
        with suppress(ValueError, TypeError):
            return datetime.strptime(value, form).date().isoformat()  # noqa: DTZ007  only its date is looked at
        return value

    return read


@lru_cache(maxsize=10_000)
def read_fact(text: str) -> Any:
    """An attribute's value; see customers/attribute_cells.py."""
    try:
        value = read_attribute(text)
        orjson.dumps(value)
    except (ValueError, TypeError) as error:
        raise InvalidCell(f"“{short(text)}” {error}.") from error
    return value


def _split_tags(text: str) -> list[str]:
    if not text.startswith(_JSON):
        return [word.strip().removeprefix(_OF_GOOGLE).strip() for word in _BETWEEN_TAGS.split(text)]
    words = read_fact(text)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InvalidCell(f"“{short(text)}” is not a list of words.")
    return words


def _validated(text: str, validate: Callable[[str], None]) -> str:
    try:
        validate(text)
    except ValidationError as error:
        raise InvalidCell(" ".join(error.messages)) from error
    return text


def bounded(text: str, longest: int) -> str:
    """The text, if it is not too long."""
    if len(text) > longest:
        raise InvalidCell(f"The text is {len(text)} characters long: at most {longest} fit.")
    return text


@cache
def _longest(field: str) -> int:
    return getattr(Customer._meta.get_field(field), "max_length", None) or 1_000_000


def short(text: str) -> str:
    """The text as a sentence quotes it."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"

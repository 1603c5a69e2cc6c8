"""How a value is spoken: dates, money, digits and lists, in the customer's language (Unicode CLDR by way of Babel).

A format is a row in FORMATS: its key, its label with an example, the types it fits, and a function that says it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_precision, list_currencies

from assistants.operators import ValueType
from assistants.placeholders import LONGEST_VALUE
from assistants.small_words import small_words
from assistants.values import as_text


class InvalidFormat(ValueError):
    """A format that does not fit; the sentence says what to choose instead."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way of saying a value. `argument` says what further word it needs, if any.

    `say` gets a value of one of the `types`, the argument and the locale; "" where there is nothing to say.
    """

    key: str
    label: str
    example: str
    types: frozenset[ValueType]
    say: Callable[[Any, str, Locale], str]
    argument: str = ""


# CLDR's no-break and narrow blanks are for print: a voice may stumble over them. What customers wrote stays as it is.
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))
_OWN_WORDS = frozenset({ValueType.TEXT, ValueType.LIST})


def speak(value: Any, *, format_key: str, argument: str, language: str) -> str | None:
    """A trait's value in words, or None where there is nothing to say; it never raises.

    `language` is a BCP 47 code such as `es` or `pt-BR`; English stands in for an empty or unknown one. A value
    that the format does not fit is said plainly.
    """
    plain = as_text(value)
    if plain is None or not plain.strip():
        return None
    chosen = FORMATS.get(format_key, PLAIN)
    value_type = _type_of(value)
    if value_type not in chosen.types:
        return plain
    try:
        words = chosen.say(value, argument, _locale(language))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        # Such as more days than a calendar holds: a caller is waiting, and plain words are better than none.
        return plain
    if not words.strip():
        return plain
    return words if value_type in _OWN_WORDS else words.translate(_BLANKS).strip()


def check_format(key: str, argument: str, value_type: ValueType) -> None:
    """Raises InvalidFormat unless a variable of this type can be spoken so."""
    chosen = FORMATS.get(key)
    if chosen is None:
        raise InvalidFormat(f"“{key}” is no format: use one of {', '.join(FORMATS)}.")
    if value_type not in chosen.types:
        fitting = ", ".join(f"“{other.label}”" for other in FORMATS.values() if value_type in other.types)
        raise InvalidFormat(f"“{chosen.label}” does not fit a {value_type}: use one of {fitting}.")
    if argument and not chosen.argument:
        raise InvalidFormat(f"“{chosen.label}” takes no further word: leave it empty.")
    if chosen.argument and not argument:
        raise InvalidFormat(f"Write {chosen.argument}: “{chosen.label}” needs it.")
    if argument and argument.upper() not in _currencies():
        raise InvalidFormat(f"“{argument}” is no currency: write {chosen.argument}.")


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@lru_cache(maxsize=1000)
def _locale(language: str) -> Locale:
    """The locale of a language code; of its first part where the whole is unknown; English where that is, too."""
    code = language.replace("_", "-")
    for known in (code, code.partition("-")[0]):
        try:
            return Locale.parse(known, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _type_of(value: Any) -> ValueType | None:
    match value:
        case bool():
            return ValueType.BOOLEAN
        case int() | float():
            return ValueType.NUMBER
        case str():
            return ValueType.TEXT
        case date():
            return ValueType.DATE
        case time():
            return ValueType.TIME
        case list() | tuple():
            return ValueType.LIST
        case _:
            return None


def _plain(value: Any, _: str, __: Locale) -> str:
    return as_text(value) or ""


def _month(value: date, _: str, locale: Locale) -> str:
    return format_skeleton("yMMMM", value, locale=locale)


def _time(value: time, _: str, locale: Locale) -> str:
    return format_time(value, "short", locale=locale)


def _amount(value: float) -> Decimal:
    """The number as it is written plainly: 0.3 and not 0.30000000000000004."""
    return Decimal(as_text(value) or "")


def _number(value: float, _: str, locale: Locale) -> str:
    return format_decimal(_amount(value), locale=locale, decimal_quantization=False)


def _money(value: float, argument: str, locale: Locale) -> str:
    """`12.50 US dollars`, but `12 US dollars`: nobody says “twelve point zero zero”."""
    currency = argument.upper()
    amount = _amount(value).quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)
    # The plural follows the digits that are shown, so an amount without cents must have none.
    whole = amount == amount.to_integral_value()
    return format_currency(
        int(amount) if whole else amount, currency, locale=locale, format_type="name", currency_digits=not whole
    )


def _digits(value: Any, _: str, __: Locale) -> str:
    """Each digit by itself; what stands between them stays."""
    return re.sub(r"(?<=\d)(?=\d)", " ", (as_text(value) or "")[:LONGEST_VALUE])


def _letters(value: str, _: str, __: Locale) -> str:
    """Each letter and digit by itself, with its accents; nothing else."""
    text = unicodedata.normalize("NFC", value[:LONGEST_VALUE])
    heard = (c for c in text if c.isalnum() or unicodedata.category(c).startswith("M"))
    return "".join(f" {c}" if c.isalnum() else c for c in heard).strip()


def _list(value: list[Any] | tuple[Any, ...], _: str, locale: Locale) -> str:
    # More words than that are cut off before anybody hears them.
    words = (text for text in map(as_text, value[:LONGEST_VALUE]) if text and text.strip())
    return format_list(list(words), locale=locale)


def _yes_no(value: bool, _: str, locale: Locale) -> str:
    words = small_words(locale.language)
    return words.yes if value else words.no


def _length(value: float, _: str, locale: Locale) -> str:
    return _days(value, locale, direction=False)


def _ago(value: float, _: str, locale: Locale) -> str:
    if round(value) == 0:
        return small_words(locale.language).today
    return _days(-value, locale, direction=True)


def _days(days: float, locale: Locale, *, direction: bool) -> str:
    length = timedelta(days=days)
    return format_timedelta(length, granularity="day", threshold=1, add_direction=direction, locale=locale)


_TEXT = frozenset({ValueType.TEXT})
_NUMBER = frozenset({ValueType.NUMBER})
_DATE = frozenset({ValueType.DATE})

PLAIN = Format("plain", "plain", "2023-04-01", frozenset(ValueType), _plain)

FORMATS = {
    chosen.key: chosen
    for chosen in (
        PLAIN,
        Format("date", "date", "April 1, 2023", _DATE, lambda value, _, locale: format_date(value, "long", locale)),
        Format(
            "weekday-date",
            "date with weekday",
            "Saturday, April 1, 2023",
            _DATE,
            lambda value, _, locale: format_date(value, "full", locale),
        ),
        Format("month", "month and year", "April 2023", _DATE, _month),
        Format("time", "time of day", "5:05 PM", frozenset({ValueType.TIME}), _time),
        Format("number", "number", "1,234.5", _NUMBER, _number),
        Format("money", "money", "12.50 US dollars", _NUMBER, _money, "a currency's three letters, as in USD"),
        Format("length", "days as a length of time", "3 years", _NUMBER, _length),
        Format("ago", "days as time ago", "3 years ago", _NUMBER, _ago),
        Format("digits", "digits one by one", "1 2 3", _TEXT | _NUMBER, _digits),
        Format("letters", "letters and digits one by one", "A B 1", _TEXT, _letters),
        Format("list", "list joined with “and”", "red, green, and blue", frozenset({ValueType.LIST}), _list),
        Format("yes-no", "yes or no", "yes", frozenset({ValueType.BOOLEAN}), _yes_no),
    )
}

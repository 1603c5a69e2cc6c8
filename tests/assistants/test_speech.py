"""How values are spoken: each format in several languages, and what happens where one does not fit."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.operators import ValueType
from assistants.speech import FORMATS, InvalidFormat, check_format, speak
from assistants.values import as_text

APRIL = date(2023, 4, 1)
SAMPLES: dict[str, Any] = {
    "plain": APRIL,
    "date": APRIL,
    "weekday-date": APRIL,
    "month": APRIL,
    "time": time(17, 5),
    "number": 1234.5,
    "money": 12.5,
    "length": 1021,
    "ago": 1021,
    "digits": 123,
    "letters": "AB1",
    "list": ("red", "green", "blue"),
    "yes-no": True,
}


def spoken(value: Any, format_key: str, language: str = "en", argument: str = "") -> str | None:
    return speak(value, format_key=format_key, argument=argument, language=language)


@pytest.mark.parametrize("key", FORMATS)
def test_a_format_s_example_is_what_it_says(key: str) -> None:
    assert spoken(SAMPLES[key], key, argument="USD") == FORMATS[key].example


@pytest.mark.parametrize(
    ("key", "language", "value", "words"),
    [
        ("date", "es-MX", APRIL, "1 de abril de 2023"),
        ("date", "en-GB", APRIL, "1 April 2023"),
        ("date", "de_AT", APRIL, "1. April 2023"),
        ("date", "ja", APRIL, "2023年4月1日"),
        ("date", "ru", APRIL, "1 апреля 2023 г."),
        ("weekday-date", "fr", APRIL, "samedi 1 avril 2023"),
        ("month", "pt-BR", APRIL, "abril de 2023"),
        ("time", "en", time(0, 0), "12:00 AM"),
        ("time", "de", time(17, 5, 59), "17:05"),
        ("number", "de", 1234567.8912345, "1.234.567,8912345"),
        ("number", "fr", 1234567, "1 234 567"),
        ("number", "en", 0.1 + 0.2, "0.3"),
        ("list", "es", ["rojo", "azul"], "rojo y azul"),
        ("list", "de", ("rot", "", " ", "blau", True), "rot, blau und yes"),
        ("plain", "fr", " Zoë\u00a0 ", " Zoë\u00a0 "),
        ("list", "en", ("only",), "only"),
        ("list", "fr", ("10\u00a0km", "b"), "10\u00a0km et b"),
        ("list", "en", ("x",) * 200_000, "x, " * 499 + "and x"),
        ("list", "en", ("{0} and {1}", "b"), "{0} and {1} and b"),
        ("yes-no", "es", False, "no"),
        ("yes-no", "pt-BR", True, "sim"),
        ("yes-no", "sw", True, "yes"),
        ("length", "es", 1021, "3 años"),
        ("length", "fr", 21, "3 semaines"),
        ("length", "en", 6, "6 days"),
        ("length", "en", -40, "1 month"),
        ("ago", "es", 21, "hace 3 semanas"),
        ("ago", "en", -1, "in 1 day"),
        ("ago", "en", 0, "today"),
        ("ago", "fr", 0.2, "aujourd'hui"),
        ("digits", "de", "AC-12345", "AC-1 2 3 4 5"),
        ("digits", "en", 1021, "1 0 2 1"),
        ("letters", "en", "xk-4 T9", "x k 4 T 9"),
        ("letters", "es", "Zoe\u0308", "Z o ë"),
        ("letters", "hi", "हिन्दी", "हि न् दी"),
    ],
)
def test_values_are_spoken_in_the_customer_s_language(key: str, language: str, value: Any, words: str) -> None:
    assert spoken(value, key, language) == words


@pytest.mark.parametrize(
    ("value", "currency", "language", "words"),
    [
        (12.5, "EUR", "es", "12,50 euros"),
        (1, "usd", "en", "1 US dollar"),
        (12.0, "USD", "en", "12 US dollars"),
        (12.345, "USD", "en", "12.35 US dollars"),
        (11.999, "USD", "en", "12 US dollars"),
        (12, "USD", "pl", "12 dolarów amerykańskich"),
        (1234.5, "USD", "fr", "1 234,50 dollars des États-Unis"),
        (1234.5, "JPY", "en", "1,235 Japanese yen"),
        (-3.5, "EUR", "de", "-3,50 Euro"),
        (1.2345, "KWD", "en", "1.235 Kuwaiti dinars"),
        (12.5, "EUX", "en", "12.50 EUX"),
        (12.5, "", "en", "12.5"),
    ],
)
def test_money_is_spoken_with_its_currency_s_name(value: float, currency: str, language: str, words: str) -> None:
    assert spoken(value, "money", language, currency) == words


@pytest.mark.parametrize("language", ["", "xx", "english", "root\0", "../../etc/passwd", "en-US-u-ca-buddhist", "-"])
def test_an_unknown_language_is_spoken_in_english(language: str) -> None:
    assert spoken(APRIL, "date", language) == "April 1, 2023"


@pytest.mark.parametrize("language", ["es-XX", "es_MX", "ES", "es-Latn-ES", "es-u-ca-buddhist"])
def test_an_unknown_region_is_spoken_in_its_language(language: str) -> None:
    assert spoken(APRIL, "date", language) == "1 de abril de 2023"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("date", "2023-04-01", "2023-04-01"),
        ("date", 3, "3"),
        ("time", 61, "61"),
        ("money", "12.50", "12.50"),
        ("money", True, "yes"),
        ("length", 1e12, "1000000000000"),
        ("ago", float("nan"), "nan"),
        ("letters", "-- !", "-- !"),
        ("yes-no", "yes", "yes"),
        ("no-such-format", APRIL, "2023-04-01"),
        ("", 12.0, "12"),
    ],
)
def test_what_a_format_does_not_fit_is_said_plainly(key: str, value: Any, words: str) -> None:
    assert spoken(value, key, argument="USD") == words


@pytest.mark.parametrize("value", [None, "", " ", (), (" ", ""), []])
@pytest.mark.parametrize("key", FORMATS)
def test_nothing_is_said_of_nothing(key: str, value: Any) -> None:
    assert spoken(value, key, argument="USD") is None


ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
)


@given(
    value=ANY_VALUE,
    key=st.sampled_from(sorted(FORMATS)),
    argument=st.sampled_from(["", "USD", "JPY", "eur", "€", "XXX"]),
    language=st.sampled_from(["", "en", "es-MX", "ar", "fa", "he", "hi", "th", "zh-Hant", "pl", "root", "und"])
    | st.text(),
)
def test_whatever_is_stored_something_is_said_and_nothing_breaks(
    value: Any, key: str, argument: str, language: str
) -> None:
    plain = as_text(value) or ""
    words = spoken(value, key, language, argument)
    assert bool(words and words.strip()) is bool(plain.strip())


LANGUAGES = "ar cs da de es fi fr he hi id it ja ko nl no pl pt-BR ru sv tr uk vi zh-CN"


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_every_format_knows_the_languages_that_many_callers_speak(language: str) -> None:
    samples = SAMPLES | {"month": date(2023, 5, 1)}
    said, in_english = (
        {key: spoken(value, key, code, "EUR") for key, value in samples.items()} for code in (language, "en")
    )
    assert {key for key in FORMATS if said[key] == in_english[key]} - {"number"} == {"plain", "digits", "letters"}


@pytest.mark.parametrize(
    ("key", "argument", "value_type"),
    [("money", "EUR", ValueType.NUMBER), ("money", "eur", ValueType.NUMBER), ("date", "", ValueType.DATE)]
    + [("plain", "", value_type) for value_type in ValueType],
)
def test_a_format_that_fits_is_accepted(key: str, argument: str, value_type: ValueType) -> None:
    check_format(key, argument, value_type)


@pytest.mark.parametrize(
    ("key", "argument", "value_type", "sentence"),
    [
        ("dates", "", ValueType.DATE, "“dates” is no format: use one of plain, date, weekday-date"),
        ("date", "", ValueType.TEXT, "“date” does not fit a text: use one of “plain”, “digits one by one”, “letters"),
        ("money", "", ValueType.NUMBER, "Write a currency's three letters, as in USD: “money” needs it."),
        ("money", "EUX", ValueType.NUMBER, "“EUX” is no currency: write a currency's three letters, as in USD."),
        ("date", "long", ValueType.DATE, "“date” takes no further word: leave it empty."),
    ],
)
def test_a_format_that_does_not_fit_is_refused_in_a_sentence(
    key: str, argument: str, value_type: ValueType, sentence: str
) -> None:
    with pytest.raises(InvalidFormat, match=r"\.$") as refusal:
        check_format(key, argument, value_type)
    assert str(refusal.value).startswith(sentence)

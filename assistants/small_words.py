"""Words that CLDR has and Babel leaves out (plain Python, no Django)."""

from typing import NamedTuple


class SmallWords(NamedTuple):
    """One language's words for a fact that holds, for one that does not, and for this very day."""

    yes: str
    no: str
    today: str


def small_words(language: str) -> SmallWords:
    """The words of a language, by its two letters; of English where we do not know them."""
    return _WORDS.get(language, _WORDS["en"])


_WORDS = {
    "ar": SmallWords("نعم", "لا", "اليوم"),
    "cs": SmallWords("ano", "ne", "dnes"),
    "da": SmallWords("ja", "nej", "i dag"),
    "de": SmallWords("ja", "nein", "heute"),
    "en": SmallWords("yes", "no", "today"),
    "es": SmallWords("sí", "no", "hoy"),
    "fi": SmallWords("kyllä", "ei", "tänään"),
    "fr": SmallWords("oui", "non", "aujourd'hui"),
    "he": SmallWords("כן", "לא", "היום"),
    "hi": SmallWords("हाँ", "नहीं", "आज"),
    "id": SmallWords("ya", "tidak", "hari ini"),
    "it": SmallWords("sì", "no", "oggi"),
    "ja": SmallWords("はい", "いいえ", "今日"),
    "ko": SmallWords("예", "아니요", "오늘"),
    "nb": SmallWords("ja", "nei", "i dag"),
    "nl": SmallWords("ja", "nee", "vandaag"),
    "no": SmallWords("ja", "nei", "i dag"),
    "pl": SmallWords("tak", "nie", "dzisiaj"),
    "pt": SmallWords("sim", "não", "hoje"),
    "ru": SmallWords("да", "нет", "сегодня"),
    "sv": SmallWords("ja", "nej", "i dag"),
    "tr": SmallWords("evet", "hayır", "bugün"),  # noqa: RUF001 — the Turkish i without a dot
    "uk": SmallWords("так", "ні", "сьогодні"),
    "vi": SmallWords("có", "không", "hôm nay"),
    "zh": SmallWords("是", "否", "今天"),
}

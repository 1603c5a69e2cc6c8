"""Numbers of payment cards in what people said, masked before anything is kept (PCI DSS 3.5: unreadable wherever kept).

A card's number is 12 to 19 digits that begin as some network's do and end in a check digit (ISO/IEC 7812-1, Luhn);
here of 13 digits and more. Telephone numbers with their country code are left alone.
"""

import re
from collections.abc import Iterator
from typing import Any

_SHORTEST, _LONGEST, _SHOWN = 13, 19, 4
_LONGEST_TELEPHONE_NUMBER = 15
# Digits as they are written down from speech: in groups or one by one, with blanks, commas or dashes between them.
_BETWEEN = r"[\s.,\-\u2010-\u2015]{0,3}"
# What stands before the first digit is looked at behind it: searching for digits alone is fast.
_RUN = re.compile(rf"\d(?<!\w\d)(?:{_BETWEEN}\d){{{_SHORTEST - 1},}}(?!\w)")
_GROUP = re.compile(r"\d+")
# Visa; Mastercard; American Express; Diners Club; Discover; JCB; UnionPay; Maestro.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}"
    r"|(?:50|5[6-8]|6\d)\d{11,17}"
)


def without_card_numbers(value: Any) -> Any:
    """JSON in which of every card's number only the last four digits are left: `**** **** **** 4242`."""
    match value:
        case str():
            return _RUN.sub(_masked_run, value)
        case bool():
            return value
        case int() if value > 0:
            masked = _RUN.sub(_masked_run, str(value))
            return masked if "*" in masked else value
        case dict():
            return {without_card_numbers(key): without_card_numbers(item) for key, item in value.items()}
        case list():
            return [without_card_numbers(item) for item in value]
        case _:
            return value


def _masked_run(run: re.Match[str]) -> str:
    text = list(run[0])
    ascii_digits = "".join(str(int(each)) if each.isdecimal() else each for each in text)
    is_international = run.start() > 0 and run.string[run.start() - 1] == "+"
    for start, end in _cards(ascii_digits, is_international=is_international):
        digits = [place for place in range(start, end) if text[place].isdecimal()]
        for place in digits[:-_SHOWN]:
            text[place] = "*"
    return "".join(text)


def _cards(run: str, *, is_international: bool) -> Iterator[tuple[int, int]]:
    """Where in a run of digits the cards' numbers stand: whole groups, since something else may be said beside them."""
    groups = [group.span() for group in _GROUP.finditer(run)]
    if is_international:
        if sum(end - start for start, end in groups) <= _LONGEST_TELEPHONE_NUMBER:
            return
        groups = groups[1:]
    first = 0
    while first < len(groups):
        last = next(_ends_of_cards(run, groups[first : first + _LONGEST]), None)
        if last is not None:
            yield groups[first][0], groups[first + last][1]
        first += (last or 0) + 1


def _ends_of_cards(run: str, groups: list[tuple[int, int]]) -> Iterator[int]:
    digits = ""
    for number, (start, end) in enumerate(groups):
        digits += run[start:end]
        if len(digits) > _LONGEST:
            return
        if len(digits) >= _SHORTEST and _CARD.fullmatch(digits) and _has_check_digit(digits):
            yield number


def _has_check_digit(digits: str) -> bool:
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(each - 9 if each > 9 else each for each in doubled)) % 10 == 0

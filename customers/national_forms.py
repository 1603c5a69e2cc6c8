"""Numbers as their countries write them today, and the forms in which networks send them all the same (plain Python).

Numbers are in E.164 unless said otherwise.
"""

import re

# Today's form of numbers that networks still send in yesterday's (Mexico dropped the mobile 1 in 2019, Brazil's
# mobiles got a ninth digit by 2016; phonenumbers calls the old forms invalid).
_TODAYS_FORM = {
    "+52": (re.compile(r"\+521([2-9]\d{9})"), r"+52\1"),
    "+55": (re.compile(r"\+55([1-9]\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
    "+54": (re.compile(r"\+540(\d{6,})"), r"+54\1"),
}
# How people write + where they dial it, with + or without.
_ABROAD = re.compile(r"^\+?00")
# What Mexicans dialled before ten digits until 2019, and phonenumbers has forgotten.
_OLD_MEXICAN = re.compile(r"^(?:01|044|045)(?=[2-9]\d{9}(?!\d))")
_ARGENTINE = re.compile(r"\+54(9?)(\d{10})")


def national_variants(number: str) -> tuple[str, ...]:
    """The number in E.164 and the other forms in which networks send the same subscriber.

    In Argentina mobiles are dialled with a 9 from abroad and shown without; no fixed line has the same digits.
    """
    if not (number.startswith("+54") and (argentine := _ARGENTINE.fullmatch(number))):
        return (number,)
    other = f"+54{argentine[2]}" if argentine[1] else f"+549{argentine[2]}"
    return (number, other)


def todays_form(number: str) -> str:
    """A number in E.164 as its country writes it today; most stay as they are."""
    old, today = _TODAYS_FORM.get(number[:3], (None, ""))
    match = old.fullmatch(number) if old else None
    return match.expand(today) if match else number


def as_dialled_today(digits: str, *, region: str) -> str:
    """What somebody in `region` wrote or dialled, without separators, in the form that phonenumbers knows."""
    if region == "MX" and _OLD_MEXICAN.match(digits):
        return _OLD_MEXICAN.sub("", digits)
    return todays_form(_ABROAD.sub("+", digits))

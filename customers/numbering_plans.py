"""Which numbers exist, judged in a microsecond from phonenumbers' own metadata (plain Python, no Django).

phonenumbers' full parse costs thirty times as much. This is for numbers that are in E.164 already, and only ever
says yes where phonenumbers would: whoever gets a no asks phonenumbers, which also knows why.
"""

import re
from functools import cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

_TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
_CODES = {str(code): code for code in COUNTRY_CODE_TO_REGION_CODE}


def exists(number: str) -> bool:
    """Whether `number`, in E.164, is one that the country's numbering plan gives out."""
    for end in (2, 3, 4):
        if code := _CODES.get(number[1:end]):
            return _plan(code).fullmatch(number, end) is not None
    return False


def is_north_american(region: str) -> bool:
    """Whether numbers in `region` are ten digits behind country code 1, whatever stands around them."""
    return region in COUNTRY_CODE_TO_REGION_CODE[1]


def has_lost_zero(text: str, number: str) -> bool:
    """Whether `text`, read as `number` (E.164), lacks the 0 with which its country's people write it at home."""
    parsed = phonenumbers.parse(number)
    at_home = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    digits = re.sub(r"[^0-9]", "", text)
    return re.sub(r"[^0-9]", "", at_home) == f"0{digits}"


@cache
def _plan(code: int) -> re.Pattern[str]:
    """All national numbers of a country code: those of any type in any of the regions that share it."""
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    plans = [_metadata(code, region) for region in regions]
    # Where a number begins like a national prefix, only the full parse knows whether it is one.
    prefix = plans[0].national_prefix_for_parsing if plans[0] else None
    guard = f"(?!{prefix})" if prefix and not re.match(prefix, "") else ""
    return re.compile(guard + "(?:" + "|".join(_numbers(plan) for plan in plans if plan) + ")")


def _metadata(code: int, region: str) -> PhoneMetadata | None:
    if region == "001":
        return PhoneMetadata.metadata_for_nongeo_region(code)
    return PhoneMetadata.metadata_for_region(region)


def _numbers(plan: PhoneMetadata) -> str:
    descriptions = [getattr(plan, name) for name in ("general_desc", *_TYPES)]
    general, *types = [_pattern(found) for found in descriptions if found and found.national_number_pattern]
    return f"(?=(?:{general})$)(?:{'|'.join(types)})"


def _pattern(description: PhoneNumberDesc) -> str:
    lengths = [length for length in description.possible_length if length > 0]
    limits = f"(?=.{{{min(lengths)},{max(lengths)}}}$)" if lengths else ""
    return f"{limits}(?:{description.national_number_pattern})"

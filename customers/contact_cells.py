"""A cell that holds a phone number, a SIP address, or what a SIP trunk sends in a number's place."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import phonenumbers

from customers import numbering_plans
from customers.cells import ROUNDED, InvalidCell, bounded
from customers.models import ContactPoint
from customers.national_forms import national_variants, todays_form
from customers.phone_numbers import (
    E164,
    TRUNK_IDENTITY,
    InvalidNumber,
    PhoneNumber,
    is_withheld,
    masked,
    parse_number,
    parse_sip_uri,
)

Kind = ContactPoint.Kind

_SEPARATORS = str.maketrans("", "", " ().-\u00a0\t")
# Google Contacts puts ::: between several.
_SEVERAL = re.compile(r"[;,\r\n]+|:::")
_FEWEST_DIGITS = 7
# phonenumbers' own word, in which only numbers with their country code can be read.
_NOWHERE = "ZZ"
_LONGEST_EXTENSION = 10
_LONGEST_ADDRESS = 300


class Contact(NamedTuple):
    """A number or address as it is kept; `keys` are all forms in which a customer may have it already."""

    kind: str
    value: str
    extension: str
    keys: tuple[str, ...]


def phone_reader(region: str, *, country: str = "") -> Callable[[str], Iterable[Contact]]:
    """A reader of one or more phone numbers; without a country code they are read as dialled in `region`.

    Where there is a `country`, that is the region; one that is no two-letter code (ISO 3166-1) says nothing of how to
    read them, so they are refused.
    """
    if country:
        region = country.upper() if country.upper() in phonenumbers.SUPPORTED_REGIONS else _NOWHERE
    ten_digits = numbering_plans.is_north_american(region)

    def read(text: str) -> Iterable[Contact]:
        bare = text.translate(_SEPARATORS)
        if ten_digits and len(bare) == 10 and bare.isdecimal():
            bare = f"+1{bare}"
        number = todays_form(bare)
        if E164.fullmatch(number) and numbering_plans.exists(number):
            return (Contact(Kind.PHONE, number, "", national_variants(number)),)
        return [_phone(part, region) for part in _numbers_in(text)]

    return read


def read_sip_uri(text: str) -> Iterable[Contact]:
    """A SIP address, with or without `sip:` in front."""
    try:
        uri = parse_sip_uri(text if ":" in text.partition("@")[0] else f"sip:{text}")
    except InvalidNumber as error:
        raise InvalidCell(f"“{masked(text)}” {error}.") from error
    if is_withheld(uri.removeprefix("sip:").partition("@")[0]):
        raise InvalidCell(f"“{masked(text)}” is what callers send who hide their number: leave the cell empty.")
    return (Contact(Kind.SIP, bounded(uri, _LONGEST_ADDRESS), "", (uri,)),)


def read_trunk_identity(text: str) -> Iterable[Contact]:
    """What a SIP trunk sends in a number's place."""
    if E164.fullmatch(text):
        raise InvalidCell(f"“{masked(text)}” is a phone number: it belongs in the column phone.")
    if not TRUNK_IDENTITY.fullmatch(text) or is_withheld(text):
        raise InvalidCell(f"“{masked(text)}” is not what a SIP trunk sends: at most 40 letters and digits.")
    return (Contact(Kind.TRUNK, text, "", (text,)),)


def _phone(text: str, region: str) -> Contact:
    if ROUNDED.fullmatch(text.strip()):
        raise InvalidCell(
            f"“{masked(text)}” was rounded by a spreadsheet: format the column as text and export it again."
        )
    if is_withheld(text):
        raise InvalidCell(
            f"“{masked(text)}” says that the number is withheld, which recognises nobody: leave it empty."
        )
    found = _parse(text, region)
    if len(found.extension) > _LONGEST_EXTENSION:
        raise InvalidCell(f"“{masked(text)}” has an extension of more than {_LONGEST_EXTENSION} digits.")
    return Contact(Kind.PHONE, found.number, found.extension, national_variants(found.number))


def _parse(text: str, region: str) -> PhoneNumber:
    try:
        found = parse_number(text, region)
    except InvalidNumber as error:
        where = "in a country that is no two-letter code such as GB" if region == _NOWHERE else f"in {region}"
        hint = "" if text.lstrip().startswith("+") else f" {where}: write it with its country code"
        raise InvalidCell(f"“{masked(text)}” {error}{hint}.") from error
    if numbering_plans.has_lost_zero(text, found.number):
        raise InvalidCell(
            f"“{masked(text)}” has lost its leading 0, as happens in spreadsheets: write it with its country code."
        )
    return found


def _numbers_in(text: str) -> list[str]:
    """The numbers that a cell holds: several only where each part has enough digits to be one."""
    parts = [part for part in _SEVERAL.split(text) if part.strip()]
    several = all(sum(map(str.isdigit, part)) >= _FEWEST_DIGITS for part in parts)
    return parts if several and parts else [text]

"""Phone numbers and SIP addresses: E.164, withheld callers (plain Python, no Django).

Numbers are kept in E.164 (ITU-T E.164: `+`, country code, subscriber, at most 15 digits), SIP addresses as
`sip:user@host` without parameters (RFC 3261), and what SIP trunks send instead of a number as they send it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from customers.national_forms import as_dialled_today, national_variants, todays_form

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
TRUNK_IDENTITY = re.compile(r"\+?[A-Za-z0-9]{1,40}")
SIP_URI = re.compile(r"sips?:[^@\s<>;?]{1,200}@[A-Za-z0-9.:\[\]_-]{1,253}")

# Longer texts are no address of anybody; reading them would only cost time.
_LONGEST_ADDRESS = 512

# Words that stand where a number should, with the digits that spell them on a keypad (contract: compared as
# whole values only, since real numbers begin with the same digits).
_WITHHELD = frozenset(
    {
        *("anonymous", "restricted", "unavailable", "blocked", "unknown", "private", "withheld", "none", "null"),
        *("266696687", "7378742833", "86282452253", "2562533", "8656696", "8566696", "464"),
        *("no caller id", "private number", "unknown caller", "unknown number", "caller id blocked", "number withheld"),
    }
)


class AddressKind(StrEnum):
    """What kind of address a caller or a contact has."""

    PHONE = "phone"
    SIP = "sip"
    TRUNK = "trunk"


class InvalidNumber(ValueError):
    """A phone number nobody can have; the sentence says why."""


@dataclass(frozen=True, slots=True)
class CallerAddress:
    """Who a call claims to come from: the addresses to look up, the likeliest first.

    `withheld` callers hide their number and have no keys; a caller whose address makes no sense has none either.
    """

    keys: tuple[str, ...] = ()
    number: str | None = None
    withheld: bool = False

    @property
    def shown(self) -> str:
        """The caller as staff read it."""
        return self.number or (self.keys[0] if self.keys else "withheld" if self.withheld else "")


WITHHELD = CallerAddress(withheld=True)


def plain(text: str) -> str:
    """`text` with full-width digits made ordinary, and control and invisible characters dropped."""
    if text.isascii() and text.isprintable():
        return text.strip()
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}).strip()


def is_withheld(text: str) -> bool:
    """Whether `text` is no address but a word (or its digits) for a caller who hides the number."""
    word = " ".join(re.split(r"[\s_-]+", plain(text).casefold())).strip()
    return word in {"", "+"} or word.removeprefix("+") in _WITHHELD


class PhoneNumber(NamedTuple):
    """A number in E.164 and the extension behind it, `""` where there is none."""

    number: str
    extension: str


def parse_number(text: str, region: str) -> PhoneNumber:
    """The number that `text` spells; without a country code it is read as dialled in `region` (such as `US`).

    Raises InvalidNumber, whose words follow the number in a sentence ("… is not a phone number").
    """
    number = _plausible(text, region)
    if not phonenumbers.is_valid_number(number):
        raise InvalidNumber("is not a phone number that exists")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not E164.fullmatch(e164):  # Germany and Japan have given some out
        raise InvalidNumber("has more than the 15 digits that networks carry")
    return PhoneNumber(e164, number.extension or "")


def parse_sip_uri(text: str) -> str:
    """`sip:user@host` with the host in lower case, without display name, brackets, port and parameters.

    Raises InvalidNumber where `text` is no SIP address.
    """
    bare = plain(text)
    if "<" in bare:
        bare = bare.partition("<")[2].partition(">")[0]
    bare = re.split(r"[;?]", bare, maxsplit=1)[0].strip()
    scheme, _, address = bare.partition(":")
    user, _, host = address.rpartition("@")
    user = user.partition(":")[0]
    host = re.sub(r":\d+$", "", host)
    uri = f"{scheme.lower()}:{user}@{host.lower()}"
    if not SIP_URI.fullmatch(uri):
        raise InvalidNumber("is not a SIP address such as sip:ada@example.com")
    return uri.replace("sips:", "sip:", 1)


def read_caller(*, numbers: Iterable[str], sip_uris: Iterable[str], region: str) -> CallerAddress:
    """The caller behind what a call says, in the order given; the first usable address counts."""
    withheld = True
    for text in numbers:
        if is_withheld(text):
            continue
        withheld = False
        caller = _read_sip(text, region) if _looks_like_sip(text) else _read_number(text, region)
        if caller.keys or caller.withheld:
            return caller
    for text in sip_uris:
        caller = _read_sip(text, region)
        if caller.keys:
            return caller
        withheld = withheld and caller.withheld
    return WITHHELD if withheld else CallerAddress()


# The impact decides one number's call by two versions on every line.
@lru_cache(maxsize=64)
def country_of(number: str | None) -> str | None:
    """The two-letter country of a number in E.164, or None where it has none (satellites, freephone)."""
    if not number:
        return None
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    return None if region in {None, "001", "ZZ"} else region


def masked(address: str | None) -> str:
    """The address as a log line may hold it: its beginning and its last two characters."""
    if not address:
        return "-"
    if len(address) < 8:
        return "…"
    return f"{address[:5]}…{address[-2:]}"


def _plausible(text: str, region: str) -> phonenumbers.PhoneNumber:
    """The number that `text` spells, in today's form; raises InvalidNumber."""
    bare = _without_uri_scheme(plain(text))
    if len(bare) > _LONGEST_ADDRESS:
        raise InvalidNumber("is too long for a phone number")
    digits = re.sub(r"[\s().\-/\u2010-\u2015\u2212]", "", bare)
    try:
        number = phonenumbers.parse(as_dialled_today(digits, region=region), region)
    except phonenumbers.NumberParseException as error:
        raise InvalidNumber("is not a phone number") from error
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    renewed = todays_form(international)
    if renewed != international:
        number = phonenumbers.parse(renewed)
    return number


def _is_e164(text: str) -> bool:
    """Whether `text` needs no parsing: a known country code, and no national 0 behind it as in +44 (0) 161.

    Parsing would only judge whether the number exists, and one too new for phonenumbers is still somebody's.
    """
    if not E164.fullmatch(text):
        return False
    code = next((n for n in (1, 2, 3) if int(text[1 : 1 + n]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), 0)
    return code > 0 and text[1 + code] != "0"


def _without_uri_scheme(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if colon and scheme.strip().casefold() == "tel":
        return rest.partition(";")[0]
    return text


def _looks_like_sip(text: str) -> bool:
    return "@" in text or bool(re.match(r"\s*<?\s*sips?:", text, re.IGNORECASE))


def _read_number(text: str, region: str) -> CallerAddress:
    """A phone number; failing that, the identity that a SIP trunk sends in its place."""
    bare = _without_uri_scheme(plain(text[:_LONGEST_ADDRESS]))
    if _is_e164(bare):
        number = todays_form(bare)
        return CallerAddress(national_variants(number), number)
    trunk = (bare,) if TRUNK_IDENTITY.fullmatch(bare) else ()
    try:
        number = parse_number(bare, region).number
    except InvalidNumber:
        return CallerAddress(trunk)
    keys = national_variants(number)
    return CallerAddress(keys if bare.startswith("+") else _unique([*keys, *trunk]), number)


def _read_sip(text: str, region: str) -> CallerAddress:
    """A SIP address; where its user is a phone number in E.164, that number counts first."""
    if len(text) > _LONGEST_ADDRESS:
        return CallerAddress()
    bare = plain(text)
    if not re.match(r"[^<]*<?\s*sips?:", bare, re.IGNORECASE):
        bare = f"sip:{bare}"
    try:
        uri = parse_sip_uri(bare)
    except InvalidNumber:
        return CallerAddress()
    user, _, host = uri.removeprefix("sip:").partition("@")
    if is_withheld(user) or host == "anonymous.invalid":
        return WITHHELD
    if not user.startswith(("+", "00")):
        return CallerAddress((uri,))
    caller = _read_number(user, region)
    return CallerAddress(_unique([*caller.keys, uri]), caller.number) if caller.number else CallerAddress((uri,))


def _unique(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))

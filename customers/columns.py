"""Which column of a table is which field: the names that people's exports use, whatever their case and spacing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

FIRST_NAME, LAST_NAME, ATTRIBUTES, IGNORED = "first_name", "last_name", "attributes", "ignore"
KEYS = ("external_id", "phone", "sip_uri", "trunk_identity")

# Names as normal() makes them. Where several columns mean a field of which there may be many (the numbers), all count.
# Taken from the exports of HubSpot, Salesforce, Zendesk and Google Contacts, and from what people write by hand.
_NAMES = {
    "external_id": "externalid id customerid recordid recordidcontact contactid customernumber",
    "name": "name fullname customer customername contactname displayname",
    FIRST_NAME: "firstname givenname forename",
    LAST_NAME: "lastname familyname surname",
    "phone": "phone phonenumber telephone telephonenumber tel mobile mobilephone mobilenumber mobilephonenumber cell "
    "cellphone homephone workphone businessphone otherphone primaryphone mainphone whatsappphonenumber",
    "sip_uri": "sipuri sip sipaddress",
    "trunk_identity": "trunkidentity trunkid",
    "email": "email emailaddress email1value",
    "tier": "tier accounttype customertier customertype",
    "joined_on": "joinedon joined joindate datejoined createdate createddate createdat customersince membersince",
    "language": "language lang locale preferredlanguage",
    "timezone": "timezone tz",
    "tags": "tags labels groupmembership",
    "notes": "notes note",
    "active": "active isactive",
    "call_consent_at": "callconsentat",
    "call_consent_how": "callconsenthow",
    "do_not_call": "donotcall",
    "remember_calls": "remembercalls",
}
# An attribute that says more than itself: how a row's numbers are read that lack their country code.
COUNTRY = "country"
_COUNTRIES = frozenset({"country", "countrycode", "countryregion", "mailingcountry", "mailingcountrycode"})
_BOOKKEEPING = frozenset({"line", "reason"})
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
FIELDS = tuple(_NAMES)
_NUMBERED = re.compile(r"(.*?[a-z])\d+(?:value)?")
_ATTRIBUTE = re.compile(r"\s*attributes?\s*\.\s*(.+)", re.IGNORECASE | re.DOTALL)
_LONGEST_ATTRIBUTE_NAME = 100


class UnknownColumns(StrEnum):
    """What becomes of a column whose name means nothing to us."""

    REFUSE = "refuse"
    ATTRIBUTES = "attributes"
    IGNORE = "ignore"


class UnusableColumns(ValueError):
    """A header that cannot be imported; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's place (0 being the first), its name in the file, and what it means."""

    index: int
    header: str
    field: str
    attribute: str = ""

    @property
    def meaning(self) -> tuple[str, str]:
        """What only one column of a table may be; of numbers and addresses there may be many, by different names."""
        return self.field, self.attribute or (normal(self.header) if self.field in KEYS[1:] else "")


def read_header(
    header: Sequence[str], *, mapping: Mapping[str, str], unknown: UnknownColumns, name: str
) -> list[Column]:
    """The columns to read; ignored ones are left out. `mapping` gives fields by column name and goes before all else.

    Raises UnusableColumns, whose sentence begins with the file's `name`.
    """
    _check_mapping(header, mapping, name)
    wanted = mapped(header, mapping)
    columns = [_column(index, text, wanted.get(text, text), unknown) for index, text in enumerate(header)]
    _refuse_unknown(columns, name)
    _refuse_long_names(columns, name)
    _refuse_repeated([column for column in columns if column.field != IGNORED], name)
    if not any(column.field in KEYS for column in columns):
        raise UnusableColumns(
            f"{name} has no column that says whose row it is: it needs external_id, phone, sip_uri or trunk_identity "
            "(--map COLUMN=external_id names it)."
        )
    return [column for column in columns if column.field != IGNORED]


def normal(name: str) -> str:
    """A column's name without its case, spacing and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def is_bookkeeping(name: str) -> bool:
    """Whether this is one of the columns that a rejects file has besides: they are accepted and ignored."""
    return normal(name) in _BOOKKEEPING


def field_named(text: str) -> Column | None:
    """The meaning of a column by its name alone, at place 0; None where it has none."""
    if match := _ATTRIBUTE.fullmatch(text):
        return Column(0, text, ATTRIBUTES, match[1].strip())
    if is_bookkeeping(text):
        return Column(0, text, IGNORED)
    name = normal(text)
    if name in _COUNTRIES:
        return Column(0, text, ATTRIBUTES, COUNTRY)
    if field := _FIELDS.get(name):
        return Column(0, text, field)
    numbered = _NUMBERED.fullmatch(name)
    field = _FIELDS.get(numbered[1]) if numbered else None
    return Column(0, text, field) if field in KEYS[1:] else None


def mapped(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The part of a mapping that is about this header, by the names there: the very same, else one that is like it."""
    return {
        text: field
        for column, field in mapping.items()
        for text in header
        if text == column or (column not in header and normal(text) == normal(column))
    }


def _column(index: int, text: str, wanted: str, unknown: UnknownColumns) -> Column:
    found = IGNORED if wanted == IGNORED else field_named(wanted)
    match found, unknown:
        case Column(), _:
            return Column(index, text, found.field, found.attribute)
        case None, UnknownColumns.ATTRIBUTES if text:
            return Column(index, text, ATTRIBUTES, text)
        case None, UnknownColumns.REFUSE:
            return Column(index, text, "")
        case _:
            return Column(index, text, IGNORED)


def _check_mapping(header: Sequence[str], mapping: Mapping[str, str], name: str) -> None:
    names = {normal(text) for text in header}
    for column, field in mapping.items():
        if normal(column) not in names:
            raise UnusableColumns(f"{name} has no column “{column}”, which --map names: it has {_listed(header)}.")
        if field != IGNORED and field_named(field) is None:
            raise UnusableColumns(
                f"--map {column}={field}: “{field}” is no field. There are {', '.join(FIELDS)}, "
                "attributes.<name> and ignore."
            )


def _refuse_unknown(columns: Iterable[Column], name: str) -> None:
    unknown = [column for column in columns if not column.field]
    nameless = [str(column.index + 1) for column in unknown if not column.header]
    if nameless:
        raise UnusableColumns(f"{name}: column {', '.join(nameless)} has no name: give it one, or take it out.")
    if unknown:
        raise UnusableColumns(
            f"{name} has columns with names we do not know: {_listed(column.header for column in unknown)}. Say what "
            "they are with --map COLUMN=FIELD, or take all of them with --unknown-columns attributes or ignore."
        )


def _refuse_long_names(columns: Iterable[Column], name: str) -> None:
    for column in columns:
        if len(column.attribute) > _LONGEST_ATTRIBUTE_NAME:
            raise UnusableColumns(
                f"{name}: the name of column {column.index + 1} is too long for an attribute, which has at most "
                f"{_LONGEST_ATTRIBUTE_NAME} characters."
            )


def _refuse_repeated(columns: Iterable[Column], name: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for column in columns:
        if other := seen.get(column.meaning):
            hint = "" if other == column.header else f", or leave it aside with --map “{column.header}”=ignore"
            raise UnusableColumns(
                f"{name} has two columns for the same thing, {_listed([other, column.header])}: take one out{hint}."
            )
        seen[column.meaning] = column.header


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)

"""One row: what it says, and every way in which a cell can be wrong."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from customers.columns import UnknownColumns, normal, read_header
from customers.contact_cells import Contact
from customers.rows import Problem, RowReader
from customers.tables import Row


@dataclass
class OneRow:
    """What one row says: only the fields that it gives."""

    facts: dict[str, str]
    attributes: Any
    contacts: Sequence[Contact]
    problems: list[Problem]


def read(*, region: str = "US", date_format: str | None = None, **cells: str) -> OneRow:
    """The row that holds these cells in these columns, read between two others with which nothing is wrong."""
    header = [*cells, "customer_id"] if "id" not in cells else list(cells)
    return read_cells(header, [*cells.values(), ""][: len(header)], region=region, date_format=date_format)


def read_cells(header: list[str], cells: list[str], *, region: str = "US", date_format: str | None = None) -> OneRow:
    columns = read_header(header, mapping={}, unknown=UnknownColumns.REFUSE, name="people.csv")
    reader = RowReader(columns, header=header, region=region, date_format=date_format)
    good = ["c009" if normal(name) in ("id", "customerid") else "" for name in header]
    found = reader.read([Row(1, good), Row(2, cells), Row(3, good)])
    assert not {0, 2} & found.problems.keys()
    facts = {name: value for name, values in found.facts.items() if (value := values[1]) is not None}
    attributes = json.loads(found.attributes[1] or "{}")
    return OneRow(facts, attributes, found.contacts[1], found.problems.get(1, []))


def problem(**cells: Any) -> str:
    """The one thing that is wrong with the row."""
    [found] = read(**cells).problems
    return str(found)


def numbers(text: str, region: str = "US") -> list[str]:
    row = read(phone=text, region=region)
    assert not row.problems
    return [f"{contact.value} {contact.extension}".strip() for contact in row.contacts]


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("+13035550101", "US", ["+13035550101"]),
        ("+1 (303) 555-0101", "GB", ["+13035550101"]),
        ("303.555.0101", "US", ["+13035550101"]),
        ("0161 496 0107", "GB", ["+441614960107"]),
        ("+44 (0)161 496 0107", "US", ["+441614960107"]),
        ("0044 161 496 0107", "US", ["+441614960107"]),
        ("tel:+1-303-555-0101", "US", ["+13035550101"]),
        ("+１３０３５５５０１０１", "US", ["+13035550101"]),
        ("303 555 0101 ext. 12", "US", ["+13035550101 12"]),
        ("+13035550101;ext=12", "US", ["+13035550101 12"]),
        ("+13035550101; +44 161 496 0107", "US", ["+13035550101", "+441614960107"]),
        ("303-555-0101 x123", "US", ["+13035550101 123"]),
        ("303-555-0101x7; 303-555-0102", "US", ["+13035550101 7", "+13035550102"]),
        ("303-555-0101, 303-555-0102", "US", ["+13035550101", "+13035550102"]),
        ("+13035550101; (303) 555-0101 x5", "US", ["+13035550101 5"]),
        ("303-555-0101 ::: +44 161 496 0107", "US", ["+13035550101", "+441614960107"]),
        ("14155551234", "US", ["+14155551234"]),
        ("+52 1 55 1234 5678", "US", ["+525512345678"]),
        ("+551187654321", "US", ["+5511987654321"]),
        ("+551178765432", "US", ["+5511978765432"]),
    ],
)
def test_numbers_in_any_spelling_become_e164(text: str, region: str, found: list[str]) -> None:
    assert numbers(text, region) == found


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("GB", "0161 496 0107", "+441614960107"),
        ("gb", "+1 303 555 0101", "+13035550101"),
        ("", "(303) 555-0101", "+13035550101"),
        ("CA", "613 555 0101", "+16135550101"),
        ("Deutschland", "+1 303 555 0101", "+13035550101"),
        ("Deutschland", "0044 161 496 0107", "+441614960107"),
    ],
)
def test_numbers_are_read_as_dialled_in_the_row_s_country(country: str, text: str, number: str) -> None:
    row = read(country=country, phone=text)
    assert [contact.value for contact in row.contacts] == [number]
    assert row.attributes.get("country", "") == country


def test_a_country_that_is_no_code_does_not_say_how_to_read_numbers() -> None:
    assert problem(country="Deutschland", phone="(303) 555-0101") == (
        "phone: “(303)…01” is not a phone number in a country that is no two-letter code such as GB: write it with its "
        "country code."
    )
    assert "has lost its leading 0" in problem(country="GB", phone="1614960107")


def test_an_argentine_number_is_found_in_both_of_its_forms() -> None:
    [contact] = read(phone="+54 9 11 2345 6789").contacts
    assert set(contact.keys) == {"+5491123456789", "+541123456789"}


@pytest.mark.parametrize(
    ("text", "region", "reason"),
    [
        ("1.41556E+10", "US", "rounded by a spreadsheet"),
        ("1,41556e+10", "US", "rounded by a spreadsheet"),
        ("1614960107", "GB", "has lost its leading 0"),
        ("161 496 0107", "GB", "has lost its leading 0"),
        ("anonymous", "US", "says that the number is withheld"),
        ("266696687", "US", "says that the number is withheld"),
        ("+1 303 555 01", "US", "“+1 30…01” is not a phone number that exists."),
        ("555-0101", "US", "write it with its country code"),
        ("call me", "US", "is not a phone number"),
        ("+13035550101; +1303555010", "US", "is not a phone number that exists"),
        ("+13035550101 / +13035550102", "US", "is not a phone number"),
        ("+13035550101 +13035550102", "US", "is not a phone number"),
        ("+4926908725065470", "US", "has more than the 15 digits that networks carry"),
        ("464", "US", "says that the number is withheld"),
        ("0", "US", "is not a phone number in US: write it with its country code"),
        ("+13035550101 ext. 12345678901", "US", "is not a phone number|more than 10 digits"),
    ],
)
def test_a_number_that_nobody_can_have_is_rejected(text: str, region: str, reason: str) -> None:
    found = problem(phone=text, region=region)
    assert found.startswith("phone: “")
    assert any(part in found for part in reason.split("|"))
    assert text == "anonymous" or text not in found, "a number is personal: it is masked"


@pytest.mark.parametrize(
    ("text", "uri"),
    [("sip:ada@Example.com", "sip:ada@example.com"), ("ada@example.com;transport=tls", "sip:ada@example.com")],
)
def test_sip_addresses_become_their_plain_form(text: str, uri: str) -> None:
    [contact] = read(sip_uri=text).contacts
    assert (contact.kind, contact.value) == ("sip", uri)


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "sip:ada@" + "x" * 250 + ".example.com" * 10,
        "sip:" + "a" * 199 + "@" + "b" * 200,
        "sip:anonymous@anonymous.invalid",
        "sip:@example.com",
    ],
)
def test_what_is_no_sip_address_is_rejected(text: str) -> None:
    assert problem(sip_uri=text).startswith("sip_uri: ")


def test_a_trunk_identity_is_not_a_phone_number() -> None:
    [contact] = read(trunk_identity="PBX17").contacts
    assert (contact.kind, contact.value) == ("trunk", "PBX17")
    assert "belongs in the column phone" in problem(trunk_identity="+13035550101")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", " Ada  Example ", "Ada  Example"),
        ("name", "\ufeffAda\0 Example\u200b", "Ada Example"),
        ("email", "ada@example.com", "ada@example.com"),
        ("joined_on", "2023-04-01", "2023-04-01"),
        ("joined_on", "2023-04-01 10:22", "2023-04-01"),
        ("joined_on", "2023-04-01T10:22:00Z", "2023-04-01"),
        ("language", "pt_br", "pt-BR"),
        ("timezone", "Europe/London", "Europe/London"),
        ("tags", "red; green;;red", '{"red","green"}'),
        ("tags", 'a "b" \\;c', '{"a \\"b\\" \\\\","c"}'),
        ("tags", 'json:["a;b"]', '{"a;b"}'),
        ("tags", "* myContacts ::: friends", '{"myContacts","friends"}'),
        ("active", "No", "false"),
        ("active", "TRUE", "true"),
        ("notes", "one\ntwo", "one\ntwo"),
        ("do_not_call", "1", "true"),
        ("remember_calls", "no", "false"),
    ],
)
def test_fields_are_read(field: str, text: str, value: str) -> None:
    row = read(id="c001", **{field: text})
    assert (row.facts[field], row.problems) == (value, [])


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("id", "ID:x", "id: “ID:x” begins like our own ids"),
        ("id", "ıd:x", "id: “ıd:x” begins like our own ids"),
        ("id", "1.23E+11", "id: “1.23E+11” was rounded by a spreadsheet"),
        ("id", "x" * 201, "id: The text is 201 characters long: at most 200 fit."),
        ("name", "x" * 201, "name: The text is 201 characters long"),
        ("email", "ada@", "email: “…” is not an e-mail address"),
        ("joined_on", "4/1/2023", "joined_on: “4/1/2023” is not a date such as 2023-04-01"),
        ("joined_on", "2023-02-30", "joined_on: “2023-02-30” is not a date"),
        ("language", "english", "language: “english” is not a language code"),
        ("timezone", "PST", "timezone: “PST” is not a time zone"),
        ("tags", "x" * 101, "tags: The text is 101 characters long"),
        ("active", "maybe", "active: “maybe” is neither yes nor no."),
        ("do_not_call", "maybe", "do_not_call: “maybe” is neither yes nor no."),
        ("call_consent_at", "4/1/2023", "call_consent_at: “4/1/2023” is not a date such as 2023-04-01"),
        ("call_consent_at", "2023-04-01 10:30", "call_consent_at: “2023-04-01 10:30” is not a time with its zone"),
        ("call_consent_at", "2023-04-01T25:30Z", "call_consent_at: “2023-04-01T25:30Z” is not a time with its zone"),
        ("call_consent_at", "0001-01-01T00:00+10:00", "call_consent_at: “0001-01-01T00:00+10:00” is not a time"),
        ("call_consent_at", "2023-04-01", "A consent to be called needs both"),
        ("call_consent_how", "said on the phone", "A consent to be called needs both"),
        ("attributes.plan", "json:{}", "attributes.plan: “json:{}” has json: in front"),
        ("attributes.plan", 'json:"\\u0000"', 'attributes.plan: “json:"\\u0000"” has json: in front'),
    ],
)
def test_what_does_not_fit_a_field_is_rejected_with_column_and_reason(field: str, text: str, reason: str) -> None:
    assert problem(**{"phone": "+13035550101", field: text}).startswith(reason)


def test_all_problems_of_a_row_are_told_at_once() -> None:
    assert len(read(id="c001", language="english", timezone="PST").problems) == 2


def test_dates_of_another_form_are_read_when_told() -> None:
    assert read(id="c001", joined_on="1/4/2023", date_format="%d/%m/%Y").facts["joined_on"] == "2023-04-01"
    assert "in the form %d/%m/%Y" in problem(id="c001", joined_on="4-1-23", date_format="%d/%m/%Y")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-04-01", "2023-04-01T00:00:00+00:00"),
        ("1.4.2023", "2023-04-01T00:00:00+00:00"),
        ("2023-04-01T10:30:00Z", "2023-04-01T10:30:00+00:00"),
        ("2023-04-01 01:30:15.9+02:00", "2023-03-31T23:30:15+00:00"),
    ],
)
def test_a_consent_is_given_at_a_moment_and_a_date_means_its_midnight_in_utc(text: str, moment: str) -> None:
    row = read(id="c001", call_consent_at=text, call_consent_how="ticked", date_format="%d.%m.%Y")
    assert (row.facts["call_consent_at"], row.problems) == (moment, [])


def test_a_name_may_stand_in_two_columns() -> None:
    assert read(id="c001", first_name="Ada", last_name="Example").facts["name"] == "Ada Example"
    assert read(id="c001", first_name="", last_name="Example").facts["name"] == "Example"
    assert read(id="c001", name="Ada", last_name="Example").facts["name"] == "Ada"


def test_a_name_in_two_columns_that_is_too_long_is_rejected() -> None:
    assert problem(id="c001", first_name="x" * 150, last_name="y" * 50).startswith("First and last name have more than")


def test_empty_cells_say_nothing() -> None:
    row = read(id="c001", name=" ", phone="", **{"attributes.plan": ""})
    assert (row.facts, row.contacts, row.attributes) == ({"external_id": "c001"}, [], {})


def test_a_row_without_id_and_number_is_nobodys() -> None:
    assert (
        problem(id="", phone=" ", name="Ada") == "The row has neither an external_id nor a number, so it is nobody's."
    )


@pytest.mark.parametrize("cells", [["c001"], ["c001", "Ada", "+13035550101", "more"]])
def test_a_row_that_does_not_fit_its_header_is_rejected(cells: list[str]) -> None:
    [found] = read_cells(["id", "name", "phone"], cells).problems
    assert str(found).startswith(f"The row has {len(cells)} cells and the header 3")


def test_empty_cells_too_many_do_no_harm() -> None:
    assert not read_cells(["id", "name"], ["c001", "Ada", "", " "]).problems

"""Which column means what, and which headers are refused."""

import pytest

from customers.columns import UnknownColumns, UnusableColumns, read_header


def fields(
    *header: str, unknown: UnknownColumns = UnknownColumns.REFUSE, mapping: dict[str, str] | None = None
) -> list[str]:
    """What the columns mean; attributes with their name behind."""
    columns = read_header(header, mapping=mapping or {}, unknown=unknown, name="people.csv")
    return [f"{column.field} {column.attribute}".strip() for column in columns]


def test_the_documented_names_are_recognised() -> None:
    names = ["external_id", "name", "phone", "phone_2", "sip_uri", "email", "tier"]
    names += ["joined_on", "language", "timezone", "tags", "notes", "active"]
    names += ["call_consent_at", "call_consent_how", "do_not_call", "remember_calls"]
    assert fields(*names) == [name.removesuffix("_2") for name in names]


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "Customer ID", "Record ID", " CONTACT-ID ", "External Id"])
def test_an_external_id_goes_by_many_names(name: str) -> None:
    assert fields(name) == ["external_id"]


# What the exports call their columns, and what those mean to us; others stand in for the many that mean nothing.
EXPORTS = {
    "HubSpot": {
        "Record ID - Contact": "external_id",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Phone Number": "phone",
        "Mobile Phone Number": "phone",
        "WhatsApp Phone Number": "phone",
        "Email": "email",
        "Create Date": "joined_on",
        "Preferred language": "language",
        "Time Zone": "timezone",
        "Lifecycle Stage": "",
    },
    "a report of Salesforce": {
        "Contact ID": "external_id",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Phone": "phone",
        "Mobile": "phone",
        "Home Phone": "phone",
        "Other Phone": "phone",
        "Email": "email",
        "Created Date": "joined_on",
        "Account Name": "",
        "Asst. Phone": "",
        "Fax": "",
    },
    "the data export of Salesforce": {
        "Id": "external_id",
        "FirstName": "first_name",
        "LastName": "last_name",
        "Phone": "phone",
        "MobilePhone": "phone",
        "HomePhone": "phone",
        "OtherPhone": "phone",
        "Email": "email",
        "CreatedDate": "joined_on",
        "AccountId": "",
    },
    "Zendesk": {
        "name": "name",
        "email": "email",
        "external_id": "external_id",
        "details": "",
        "notes": "notes",
        "phone": "phone",
        "shared_phone_number": "",
        "role": "",
        "organization": "",
        "tags": "tags",
        "locale": "language",
        "time_zone": "timezone",
        "created_at": "joined_on",
        "active": "active",
    },
    "Google Contacts": {
        "First Name": "first_name",
        "Middle Name": "",
        "Last Name": "last_name",
        "Organization Name": "",
        "Notes": "notes",
        "Labels": "tags",
        "E-mail 1 - Label": "",
        "E-mail 1 - Value": "email",
        "E-mail 2 - Value": "",
        "Phone 1 - Label": "",
        "Phone 1 - Value": "phone",
        "Phone 2 - Label": "",
        "Phone 2 - Value": "phone",
    },
    "Google Contacts before 2024": {
        "Name": "name",
        "Given Name": "first_name",
        "Family Name": "last_name",
        "Group Membership": "tags",
        "E-mail 1 - Type": "",
        "E-mail 1 - Value": "email",
        "Phone 1 - Type": "",
        "Phone 1 - Value": "phone",
    },
}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_the_columns_of_exports_are_recognised(export: dict[str, str]) -> None:
    assert fields(*export, unknown=UnknownColumns.IGNORE) == [field for field in export.values() if field]


def test_an_export_with_two_ids_has_to_be_told_which_counts() -> None:
    with pytest.raises(UnusableColumns, match=r"“ID”, “External ID”.*--map “External ID”=ignore"):
        fields("ID", "Name", "External ID")
    assert fields("ID", "Name", "External ID", mapping={"ID": "ignore"}) == ["name", "external_id"]


def test_account_type_and_customer_since_are_the_seed_documents_words() -> None:
    assert fields("id", "Account Type", "Customer since") == ["external_id", "tier", "joined_on"]


def test_attributes_keep_the_spelling_of_their_name() -> None:
    assert fields("id", "attributes.Plan", "Attributes. plan") == ["external_id", "attributes Plan", "attributes plan"]


@pytest.mark.parametrize("name", ["country", "Country/Region", "Mailing Country", "attributes.country"])
def test_a_country_is_an_attribute(name: str) -> None:
    assert fields("id", name) == ["external_id", "attributes country"]


def test_the_columns_of_a_rejects_file_are_accepted_and_ignored() -> None:
    assert fields("id", "line", "Reason") == ["external_id"]


def test_unknown_columns_are_refused_unless_told() -> None:
    with pytest.raises(UnusableColumns, match=r"“Shoe size”.*--map.*--unknown-columns"):
        fields("id", "Shoe size")
    assert fields("id", "Shoe size", unknown=UnknownColumns.IGNORE) == ["external_id"]
    assert fields("id", "Shoe size", unknown=UnknownColumns.ATTRIBUTES) == ["external_id", "attributes Shoe size"]


def test_map_says_what_a_column_is_whatever_its_case() -> None:
    header = ("Klant", "Niveau", "email", "Size")
    mapping = {"klant": "external_id", "NIVEAU": "tier", "Email": "ignore", "Size": "attributes.shoe size"}
    assert fields(*header, mapping=mapping) == ["external_id", "tier", "attributes shoe size"]


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [({"Nivau": "tier"}, "no column “Nivau”.*“id”, “Niveau”"), ({"Niveau": "teir"}, "“teir” is no field.*external_id")],
)
def test_a_mistake_in_map_is_refused(mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(UnusableColumns, match=sentence):
        fields("id", "Niveau", mapping=mapping)


@pytest.mark.parametrize(
    "header",
    [("id", "name", "Name "), ("id", "external_id"), ("phone", "Phone"), ("id", "attributes.plan", "attribute.plan")],
)
def test_two_columns_for_the_same_thing_are_refused(header: tuple[str, ...]) -> None:
    with pytest.raises(UnusableColumns, match="two columns for the same thing"):
        fields(*header)


def test_two_columns_that_no_option_can_tell_apart_are_not_told_to_use_one() -> None:
    with pytest.raises(UnusableColumns, match=r"“name”, “name”: take one out\.$"):
        fields("id", "name", "name")


def test_a_header_without_anything_to_recognise_customers_by_is_refused() -> None:
    with pytest.raises(UnusableColumns, match=r"people\.csv has no column that says whose row it is"):
        fields("name", "email")


def test_a_column_without_a_name_is_refused_by_its_place() -> None:
    with pytest.raises(UnusableColumns, match="column 2 has no name"):
        fields("id", "", "name")


def test_an_attribute_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnusableColumns, match="column 2 is too long"):
        fields("id", "attributes." + "x" * 101)

"""One customer over HTTP: read, created, replaced, changed."""

from urllib.parse import quote

import pytest

from customers.models import Customer
from tests.conftest import customer
from tests.national_variants import VARIANTS
from tests.personalization.api.conftest import Api, fields

ADA = {
    "name": "Ada Example",
    "phones": ["(303) 555-0101", "+1 303 555 0102 ext. 7"],
    "sip_uris": ["ada@example.com"],
    "trunk_identities": ["ada7"],
    "email": "ada@example.com",
    "tier": "gold",
    "joined_on": "2023-04-01",
    "language": "en-us",
    "timezone": "America/Denver",
    "tags": ["vip", " vip ", "press"],
    "notes": "Likes tea.",
    "active": True,
    "call_consent_at": "2026-03-01T10:30:00+01:00",
    "call_consent_how": "ticked at sign-up",
    "do_not_call": True,
    "remember_calls": False,
    "attributes": {"plan": "pro", "seats": 12, "beta": True, "colours": ["red", "green"]},
}


def test_a_replaced_customer_is_created_first_and_then_left_alone(api: Api) -> None:
    first, second = (api.put("/api/customers/c001", ADA) for _ in range(2))
    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body
    assert first.json | {"id": "", "created_at": "", "updated_at": ""} == ADA | {
        "id": "",
        "created_at": "",
        "updated_at": "",
        "external_id": "c001",
        "phones": ["+13035550101", "+13035550102 ext. 7"],
        "sip_uris": ["sip:ada@example.com"],
        "language": "en-US",
        "tags": ["vip", "press"],
        "blocked": False,
        "call_consent_at": "2026-03-01T09:30:00+00:00",
    }


def test_replacing_empties_what_is_not_given_but_not_what_staff_decided(api: Api, ada: Customer) -> None:
    Customer.objects.update(blocked=True)
    answer = api.put("/api/customers/c001", {"name": "Ada Byron"})
    assert answer.status == 200
    assert (answer.json["name"], answer.json["tier"], answer.json["phones"]) == ("Ada Byron", "", [])
    assert answer.json["blocked"] is True


def test_what_somebody_agreed_or_objected_to_is_not_forgotten_by_leaving_it_out(api: Api) -> None:
    api.put("/api/customers/c001", ADA)
    calling = ("call_consent_at", "call_consent_how", "do_not_call", "remember_calls")
    left_out = api.put("/api/customers/c001", {name: ADA[name] for name in ADA if name not in calling}).json
    assert [left_out[name] for name in calling] == ["2026-03-01T09:30:00+00:00", "ticked at sign-up", True, False]
    empty = {"call_consent_at": None, "call_consent_how": "", "do_not_call": False, "remember_calls": True}
    taken_away = api("PATCH", "/api/customers/c001", empty).json
    assert {name: taken_away[name] for name in calling} == empty


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"call_consent_at": "2026-03-01"}, "call_consent_how"),
        ({"call_consent_at": "2026-03-01", "call_consent_how": " "}, "call_consent_how"),
        ({"call_consent_how": ""}, "call_consent_at"),
        ({"call_consent_at": None, "call_consent_how": "said"}, "call_consent_at"),
        ({"call_consent_at": "2026-03-01T10:30:00", "call_consent_how": "said"}, "call_consent_at"),
        ({"call_consent_at": 1, "call_consent_how": "said"}, "call_consent_at"),
    ],
)
def test_half_a_consent_is_refused(api: Api, ada: Customer, body: dict[str, object], field: str) -> None:
    assert list(fields(api("PATCH", "/api/customers/c001", body))) == [field]


def test_what_was_read_can_be_written_back_and_changes_nothing(api: Api) -> None:
    written = api.put("/api/customers/c001", ADA)
    assert api.put("/api/customers/c001", written.json).body == written.body
    assert api.put(f"/api/customers/{written.json['id']}", written.json).body == written.body


def test_a_number_that_would_come_back_as_another_is_refused(api: Api) -> None:
    """PostgreSQL writes 1e22 as an integer, which no JSON of 64 bits holds: the customer could not be read any more."""
    assert fields(api.put("/api/customers/c001", {"attributes": {"x": 1e22}})) == {
        "attributes": "The attribute “x” holds a number of more than 16 digits: write it as text."
    }
    written = api.put("/api/customers/c001", {"attributes": {"x": 9.9e15, "y": -1e-7}})
    assert api.get("/api/customers/c001").json["attributes"] == written.json["attributes"]


def test_an_apostrophe_is_no_spreadsheet_s_mark_here(api: Api) -> None:
    answer = api.put("/api/customers/'=1", {"name": "'-tis"})
    assert (answer.status, answer.json["external_id"], answer.json["name"]) == (201, "'=1", "'-tis")


def test_a_change_leaves_the_rest(api: Api, ada: Customer) -> None:
    answer = api("PATCH", "/api/customers/c001", {"tier": "silver"})
    assert (answer.status, answer.json["tier"], answer.json["phones"]) == (200, "silver", ["+13035550101"])


def test_a_customer_is_created_without_an_id_of_yours(api: Api) -> None:
    created = api("POST", "/api/customers", {"name": "Ben", "phones": ["+13035550102"]})
    assert created.status == 201
    assert created.json["external_id"] is None
    assert api.get(f"/api/customers/{created.json['id']}").json["name"] == "Ben"


def test_nobody_is_created_without_id_and_number(api: Api) -> None:
    answer = api("POST", "/api/customers", {"name": "Ben"})
    assert (answer.status, Customer.objects.count()) == (400, 0)


def test_an_id_is_taken_once(api: Api, ada: Customer) -> None:
    assert api("POST", "/api/customers", {"external_id": "c001"}).status == 409
    customer("c002", "Ben Okafor")
    assert api("PATCH", "/api/customers/c002", {"external_id": "c001"}).status == 409


def test_ids_of_ours_are_not_given_out_by_others(api: Api) -> None:
    assert "external_id" in fields(api("POST", "/api/customers", {"external_id": "id:5"}))
    assert api.put("/api/customers/id:999", {}).status == 404
    assert api.put("/api/customers/ID:999", {}).status == 404


@pytest.mark.parametrize("external_id", ["a/b", "ümlaut", "a b?&#%", "+1", "x" * 200, "..a", "私", "a\nb"])
def test_external_ids_hold_any_characters(api: Api, external_id: str) -> None:
    assert api.put(f"/api/customers/{external_id}", {"name": "Somebody"}).json["external_id"] == external_id
    assert api.get(f"/api/customers/{external_id}/").json["name"] == "Somebody"


@pytest.mark.parametrize("external_id", ["x" * 201, " c1", "1.4E+10"])
def test_ids_that_no_import_takes_are_refused(api: Api, external_id: str) -> None:
    assert "external_id" in fields(api.put(f"/api/customers/{external_id}", {}))


def test_another_id_than_the_address_s_is_a_mistake(api: Api, ada: Customer) -> None:
    assert "external_id" in fields(api.put("/api/customers/c001", {"external_id": "c002"}))
    assert "external_id" in fields(api.put("/api/customers/c003", {"external_id": "c002"}))
    assert api("PATCH", "/api/customers/c001", {"external_id": "c002"}).json["external_id"] == "c002"


def test_each_wrong_field_is_named_with_the_import_s_sentence(api: Api) -> None:
    body = {"phones": ["+13035550101", "12"], "email": "ada", "language": "english", "timezone": "PST", "plan": "pro"}
    wrong = fields(api.put("/api/customers/c001", body | {"joined_on": "yesterday", "attributes": {"a": None}}))
    assert set(wrong) == {"phones[1]", "email", "language", "timezone", "joined_on", "attributes"}
    assert wrong["timezone"] == "“PST” is not a time zone: write a name such as Europe/London or America/Denver."
    assert fields(api.put("/api/customers/c001", {"plan": "pro"})) == {"plan": "There is no such field."}


@pytest.mark.parametrize("body", [[], "text", 3, None, {"attributes": {"a\0": "b"}}, {"name": ["Ada"]}, {"tags": {}}])
def test_what_is_no_customer_is_refused(api: Api, body: object) -> None:
    assert api.put("/api/customers/c001", body).status in (400, 415)
    assert not Customer.objects.exists()


def test_a_number_of_somebody_without_an_id_adopts_him_as_an_import_does(api: Api) -> None:
    known = customer(None, "Ben Okafor", "+13035550102")
    answer = api.put("/api/customers/c002", {"name": "Ben", "phones": ["+13035550102"]})
    assert (answer.status, answer.json["id"]) == (200, f"id:{known.pk}")
    assert answer.json["external_id"] == "c002"


def test_a_number_may_be_shared(api: Api, ada: Customer) -> None:
    assert api.put("/api/customers/c002", {"phones": ["+13035550101"]}).status == 201
    assert len(api.get("/api/customers?phone=3035550101").json["results"]) == 2


@pytest.mark.parametrize(("stored", "written"), VARIANTS)
def test_national_variants_are_one_number(api: Api, stored: str, written: str) -> None:
    paula = customer("c020", "Paula Sosa", stored)
    kept = paula.contact_points.get().pk
    assert api.put("/api/customers/c020", {"phones": [written, stored]}).json["phones"] == [stored]
    assert paula.contact_points.get().pk == kept
    item = {"phones": [written], "tier": "gold"}
    assert api("PATCH", "/api/customers", {"customers": [item]}).json["updated"] == 1
    assert api.get(f"/api/customers?phone={quote(written)}").json["results"][0]["external_id"] == "c020"

"""Many customers in one request, each with its outcome."""

from typing import Any

import pytest

from customers.models import Customer, Import
from customers.states import present_state
from tests.conftest import customer
from tests.personalization.api.conftest import Api


def outcomes(answer: Any) -> list[tuple[int, str, str | None]]:
    return [(each["index"], each["outcome"], each["external_id"]) for each in answer.json["results"]]


def test_each_item_has_an_outcome(api: Api, ada: Customer) -> None:
    items = [
        {"external_id": "c001", "tier": "gold"},
        {"external_id": "c002", "name": "Ben", "phones": ["+13035550102"], "tags": ["a;b", "c"], "active": False}
        | {"call_consent_at": "2026-03-01", "call_consent_how": "said", "do_not_call": True, "remember_calls": False},
        {"external_id": "c003", "email": "carmen"},
        {"name": "nobody's"},
        {"external_id": "c002"},
        {"na\0me": "no such field"},
        {"phones": ["303 555 0101"], "tier": "silver"},
    ]
    answer = api("PATCH", "/api/customers", {"customers": items[:6]})
    assert outcomes(answer)[:3] == [(0, "unchanged", "c001"), (1, "created", "c002"), (2, "rejected", None)]
    errors = [each["errors"] for each in answer.json["results"]]
    assert errors[2][0]["field"] == "email"
    assert errors[4] == [{"field": "", "detail": "The row is the same customer as item 1."}]
    counts = {name: answer.json[name] for name in ("created", "updated", "unchanged", "rejected")}
    assert counts == {"created": 1, "updated": 0, "unchanged": 1, "rejected": 4}
    ben = Customer.objects.get(external_id="c002")
    assert (ben.tags, ben.active) == (["a;b", "c"], False)
    assert (ben.call_consent_how, ben.do_not_call, ben.remember_calls) == ("said", True, False)
    assert outcomes(api("PATCH", "/api/customers", {"customers": items[6:]})) == [(0, "updated", "c001")]


def test_the_same_again_changes_nothing_and_leaves_no_trace(api: Api) -> None:
    body = {"customers": [{"external_id": f"c{number}", "attributes": {"n": number}} for number in range(3)]}
    assert api("PATCH", "/api/customers", body).json["created"] == 3
    assert api("PATCH", "/api/customers", body).json["unchanged"] == 3
    assert [record.by for record in Import.objects.all()] == ["the API key “CRM”"]


def test_empty_values_leave_what_is_stored(api: Api, ada: Customer) -> None:
    before = present_state(ada.pk)
    item: dict[str, Any] = {
        "external_id": "c001",
        "name": "",
        "tier": "",
        "joined_on": None,
        "phones": [],
        "attributes": {},
    }
    assert api("PATCH", "/api/customers", {"customers": [item]}).json["unchanged"] == 1
    assert present_state(ada.pk) == before


def test_our_own_ids_say_whose_an_item_is(api: Api) -> None:
    ben = customer(None, "Ben Okafor")
    answer = api("PATCH", "/api/customers", {"customers": [{"external_id": f"id:{ben.pk}", "tier": "gold"}]})
    assert answer.json["results"][0]["outcome"] == "updated"


@pytest.mark.parametrize("body", [{}, [], {"customers": {}}, {"customers": [{"external_id": "a"}] * 10_001}])
def test_what_is_no_list_of_at_most_ten_thousand_is_refused(api: Api, body: object) -> None:
    assert api("PATCH", "/api/customers", body).status == 400
    assert not Customer.objects.exists()


def test_ten_thousand_fit(api: Api) -> None:
    items = [{"external_id": f"c{n}", "name": "Ada", "phones": [f"+1303{2000000 + n}"]} for n in range(10_000)]
    assert api("PATCH", "/api/customers", {"customers": items}).json["created"] == 10_000

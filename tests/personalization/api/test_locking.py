"""Nobody writes over what somebody else has written since: ETag, If-Match, If-None-Match."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from customers.importing import _LOCK
from customers.models import Customer
from personalization.api import customers
from tests.personalization.api.conftest import Api


def etag(api: Api) -> str:
    return api.get("/api/customers/c001").headers["ETag"]


def test_a_change_needs_the_latest_etag_if_it_names_one(api: Api, ada: Customer) -> None:
    read = etag(api)
    assert api("PATCH", "/api/customers/c001", {"tier": "silver"}, If_Match=read).status == 200
    for method, body in (("PATCH", {"tier": "iron"}), ("PUT", {"tier": "iron"}), ("DELETE", None)):
        refused = api(method, "/api/customers/c001", body, If_Match=read)
        assert (refused.status, refused.headers["Content-Type"]) == (412, "application/problem+json")
    assert api.get("/api/customers/c001").json["tier"] == "silver"


def test_the_etag_changes_with_the_numbers_too(api: Api, ada: Customer) -> None:
    before = etag(api)
    ada.contact_points.create(value="+13035550102")
    assert etag(api) != before


def test_each_answer_s_etag_is_the_next_one_s_condition(api: Api, ada: Customer) -> None:
    first = api.put("/api/customers/c001", {"tier": "silver", "attributes": {"b": 1, "a": 2}})
    assert first.headers["ETag"] == etag(api)
    assert api("PATCH", "/api/customers/c001", {"tier": "iron"}, If_Match=first.headers["ETag"]).status == 200


def test_what_is_known_already_is_not_sent_again(api: Api, ada: Customer) -> None:
    answer = api.get("/api/customers/c001", If_None_Match=etag(api))
    assert (answer.status, answer.body) == (304, b"")


def test_put_can_be_held_to_creating_or_to_replacing(api: Api, ada: Customer) -> None:
    assert api.put("/api/customers/c001", {}, If_None_Match="*").status == 412
    assert api.put("/api/customers/c009", {}, If_Match="*").status == 412
    assert api.put("/api/customers/c009", {}, If_None_Match="*").status == 201


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_somebody_else_is_told_to_come_back(
    api: Api, ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "LONGEST_WAIT_MS", 50)
    with psycopg.connect(**connection.get_connection_params(), autocommit=False) as other:
        other.execute("SELECT 1 FROM customers_customer FOR UPDATE")
        busy = api("PATCH", "/api/customers/c001", {"tier": "iron"})
    assert (busy.status, busy.headers["Retry-After"]) == (503, "5")
    assert api("PATCH", "/api/customers/c001", {"tier": "iron"}).status == 200


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_an_import_is_told_to_come_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "LONGEST_WAIT_MS", 50)
    ben = {"external_id": "c002", "name": "Ben Okafor"}
    with psycopg.connect(**connection.get_connection_params(), autocommit=False) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        other.execute("LOCK customers_customer IN SHARE MODE")
        busy = [api("PATCH", "/api/customers", {"customers": [ben]}), api("POST", "/api/customers", ben)]
    assert [(each.status, each.headers["Retry-After"]) for each in busy] == [(503, "5"), (503, "5")]
    assert api("PATCH", "/api/customers", {"customers": [ben]}).json["created"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_create_the_same_customer_at_once_are_both_served(api: Api) -> None:
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda tier: _put(api, tier), ["gold", "silver", "iron", "tin"]))
    assert sorted(answers) == [200, 200, 200, 201]
    assert Customer.objects.count() == 1


def _put(api: Api, tier: str) -> int:
    try:
        return api.put("/api/customers/c001", {"tier": tier, "phones": ["+13035550101"]}).status
    finally:
        connection.close()

"""Erasing over HTTP, and what the API says of somebody who was erased."""

import pytest
from django.utils import timezone
from reversion.models import Version

from customers import history
from customers.models import Customer, Erasure
from tests.personalization.api.conftest import Api


def test_erased_with_nothing_to_say(api: Api, ada: Customer) -> None:
    answer = api("DELETE", "/api/customers/c001")
    assert (answer.status, answer.body) == (204, b"")
    assert not Customer.objects.exists()
    assert Erasure.objects.get().by == "the API key “CRM”"


def test_erasing_twice_is_once_and_nobody_is_not_found(api: Api, ada: Customer) -> None:
    assert [api("DELETE", "/api/customers/c001").status for _ in range(2)] == [204, 204]
    assert Erasure.objects.count() == 1
    assert api("DELETE", "/api/customers/c002").status == 404


def test_who_was_deleted_in_the_admin_is_erased_too(api: Api, ada: Customer) -> None:
    history.record(ada.pk, by=None, at=timezone.now(), what=history.DELETED)
    ada.delete()
    assert [api("DELETE", "/api/customers/c001").status for _ in range(2)] == [204, 204]
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/customers/c001", None),
        ("PATCH", "/api/customers/c001", {}),
        ("PUT", "/api/customers/c001", {}),
        ("PUT", "/api/customers/c009", {"phones": ["+13035550101"]}),
        ("POST", "/api/customers", {"external_id": "c001"}),
    ],
)
def test_who_was_erased_is_gone_and_does_not_come_back(
    api: Api, ada: Customer, method: str, path: str, body: object
) -> None:
    api("DELETE", "/api/customers/c001")
    answer = api(method, path, body)
    assert (answer.status, answer.headers["Content-Type"]) == (410, "application/problem+json")
    assert "erased on" in answer.json["detail"]
    assert not Customer.objects.exists()


def test_nor_in_bulk(api: Api, ada: Customer) -> None:
    api("DELETE", "/api/customers/c001")
    answer = api("PATCH", "/api/customers", {"customers": [{"external_id": "c001"}]})
    assert "erased on" in answer.json["results"][0]["errors"][0]["detail"]

"""Customers found by filters, page by page."""

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest

from customers.models import Customer
from tests.conftest import customer
from tests.personalization.api.conftest import Api, fields


def found(api: Api, query: str) -> list[str]:
    return [each["external_id"] for each in api.get(f"/api/customers?{query}").json["results"]]


@pytest.fixture
def people(ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+447911123456", tier="silver", email="Ben@Example.com", tags=["vip", "press"])
    customer("c003", "Carmen Ruiz", "+525512345678", language="es", active=False)
    Customer.objects.filter(external_id="c003").update(updated_at=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("phone=(303) 555-0101", ["c001"]),
        ("phone=0044 7911 123456", ["c002"]),
        ("phone=%2B521 55 1234 5678", ["c003"]),
        ("phone=nobody", []),
        ("email=ben@example.com", ["c002"]),
        ("tier=gold", ["c001"]),
        ("tag=press", ["c002"]),
        ("language=es", ["c003"]),
        ("active=false", ["c003"]),
        ("active=true&tier=silver", ["c002"]),
        ("external_id=c002", ["c002"]),
        ("updated_since=2021-01-01T00:00:00Z", ["c001", "c002"]),
        ("updated_since=2999-01-01T00:00:00%2B01:00", []),
        ("", ["c001", "c002", "c003"]),
    ],
)
def test_filters(api: Api, people: None, query: str, who: list[str]) -> None:
    assert found(api, query) == who


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("updated_since=yesterday", "updated_since"),
        ("active=perhaps", "active"),
        ("cursor=nonsense", "cursor"),
        ("cursor=cD1ub25zZW5zZQ==", "cursor"),
        ("name=Ada", "name"),
        ("tier=%00", "tier"),
    ],
)
def test_what_no_filter_can_mean_is_said(api: Api, query: str, field: str) -> None:
    answer = api.get(f"/api/customers?{query}")
    assert (answer.status, list(fields(answer))) == (400, [field])


def test_pages_hold_fifty_and_lead_to_one_another(api: Api) -> None:
    Customer.objects.bulk_create(Customer(external_id=f"c{number:03}", tier="gold") for number in range(120))
    first = api.get("/api/customers?tier=gold").json
    customer("c999", "Somebody new", tier="gold")
    pages = [first]
    while following := pages[-1]["next"]:
        pages.append(api.get(f"/api/customers?{urlsplit(following).query}").json)
    assert [len(page["results"]) for page in pages] == [50, 50, 21]
    assert len({each["id"] for page in pages for each in page["results"]}) == 121
    back = api.get(f"/api/customers?{urlsplit(pages[1]['previous']).query}").json
    assert back["results"] == first["results"]


def test_a_page_is_three_queries_however_many_customers(
    api: Api, people: None, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(3):  # type: ignore[operator]  # the key, the customers, their numbers
        api.get(f"/api/customers?{quote('updated_since', safe='')}=2021-01-01")

"""The list of customers: finding one among many."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import ContactPoint, Customer
from customers.paging import BoundedPaginator
from tests.admin_forms import signed_in
from tests.conftest import customer

LIST = "/admin/customers/customer/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


@pytest.fixture(autouse=True)
def _filters_are_fresh() -> None:
    cache.clear()


def found(client: Client, term: str, **filters: str) -> list[str]:
    """The names on the list's first page."""
    page = client.get(LIST, {"q": term, **filters})
    return [person.name for person in page.context["cl"].result_list]


@pytest.mark.parametrize(
    "term",
    ["+13035550101", "(303) 555-0101", "303-555-0101", "+1 303 555 0101", "001 303 555 0101", "tel:+1-303-555-0101",
     "３０３ ５５５ ０１０１", "c001", "ada", "EXAMPLE ad", "Ada Example", " ada example "],
)  # fmt: skip
def test_ada_is_found_by_whatever_somebody_has_at_hand(staff: Client, ada: Customer, term: str) -> None:
    customer("c002", "Grace Hopper", "+13035550102", email="grace@navy.example")
    assert found(staff, term) == ["Ada Example"]


def test_a_customer_is_found_by_e_mail_sip_address_trunk_identity_and_our_own_id(staff: Client, ada: Customer) -> None:
    grace = customer(None, "Grace Hopper", email="Grace@Navy.example")
    ContactPoint.objects.create(customer=grace, kind="sip", value="sip:grace@navy.example")
    ContactPoint.objects.create(customer=grace, kind="trunk", value="4711")
    for term in ("grace@navy.example", "navy.exam", "sip:grace@NAVY.example", "4711", f"id:{grace.pk}"):
        assert found(staff, term) == ["Grace Hopper"], term


def test_a_whole_number_finds_all_who_share_it_and_nobody_whose_name_looks_like_it(
    staff: Client, ada: Customer
) -> None:
    customer("c002", "Bell 303 555 0101 Ltd")
    customer("c003", "Leo Example", "+13035550101")
    assert found(staff, "303 555 0101") == ["Ada Example", "Leo Example"]


def test_a_whole_e_mail_finds_its_owner_only_and_the_beginning_of_an_id_all_who_have_it(staff: Client) -> None:
    customer("k-71", "Grace", email="Grace@navy.example")
    customer("k-72", "Not Grace", email="not-grace@navy.example")
    assert found(staff, "GRACE@navy.example") == ["Grace"]
    assert found(staff, "k-7") == ["Grace", "Not Grace"]


@pytest.mark.parametrize(
    "term", ["anonymous", "id:", "id:999999999999999999999", "+", "'; DROP TABLE", "%", "{{x}}", "\u202e"]
)
def test_nothing_that_is_typed_finds_the_wrong_people_or_breaks_the_page(
    staff: Client, ada: Customer, term: str
) -> None:
    assert found(staff, term) in ([], ["Ada Example"] if term == "\u202e" else [])


def test_filters_narrow_what_is_searched(staff: Client, ada: Customer) -> None:
    customer("c002", "Ada Silver", tier="silver", language="es")
    assert found(staff, "ada", tier="silver") == ["Ada Silver"]
    assert found(staff, "", tier="gold", language="en") == ["Ada Example"]
    assert found(staff, "c001", tier="silver") == []


def test_the_filters_offer_the_values_that_customers_have(staff: Client, ada: Customer) -> None:
    customer("c002", "Sam", tier="silver")
    page = staff.get(LIST).content.decode()
    assert "?tier=gold" in page
    assert "?tier=silver" in page
    assert "?tier=bronze" not in page


def test_the_list_takes_as_many_queries_for_fifty_customers_as_for_one(staff: Client, ada: Customer) -> None:
    assert "+13035550101" in staff.get(LIST).content.decode()
    with CaptureQueriesContext(connection) as for_one:
        staff.get(LIST)
    for number in range(50):
        customer(f"n{number}", f"Nina {number}", f"+13035551{number:03}")
    with CaptureQueriesContext(connection) as for_fifty:
        assert "+13035551049" in staff.get(LIST).content.decode()
    assert len(for_fifty) == len(for_one)


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, "active"),
        ({"blocked": True}, "blocked"),
        ({"active": False}, "inactive"),
        ({"active": False, "blocked": True}, "inactive"),
    ],
)
def test_the_standing_is_how_calls_are_treated(staff: Client, facts: dict[str, bool], shown: str) -> None:
    person = customer("c001", "Ada", **facts)
    page = staff.get(LIST)
    assert page.context["cl"].model_admin.status(person) == shown


def test_the_list_counts_no_further_than_anybody_leafs(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedPaginator, "MOST", 3)
    Customer.objects.bulk_create(Customer(name=f"Nina {number}") for number in range(5))
    with CaptureQueriesContext(connection) as queries:
        page = staff.get(LIST)
    assert "The first 3 customers" in page.content.decode()
    assert [query["sql"] for query in queries if "COUNT" in query["sql"] and "LIMIT" not in query["sql"]] == []


def test_the_lists_order_is_the_one_that_an_index_gives(staff: Client) -> None:
    Customer.objects.bulk_create(Customer(name=f"{number} Nina") for number in range(3_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    first_page = staff.get(LIST).context["cl"].queryset[:50]
    assert "Index Scan using customer_by_name" in first_page.explain()

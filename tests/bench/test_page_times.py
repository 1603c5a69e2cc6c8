"""The pages and lists that the bench times answer, and of generated calls each filter finds some."""

import pytest
from django.db import connection
from django.test import Client

from bench.call_rows import insert_calls
from bench.page_times import Unanswered, _asker, measure, table
from customers.models import Call, Customer
from tests.admin_forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls() -> None:
    Customer.objects.bulk_create(Customer(pk=number, external_id=f"c{number - 1}") for number in (1, 2))
    with connection.cursor() as cursor:
        insert_calls(cursor, calls=200, people=2)


def test_everything_is_answered_and_timed(calls: None) -> None:
    shown = table(measure(times=1), calls=200).splitlines()
    assert shown[0].startswith("200 calls over 100 days")
    labels = [line[:50].strip() for line in shown]
    assert {"page: first", "page: customer", "/api/calls?outcome=failed", "/api/customers/c0/calls"} <= set(labels)


def test_calls_are_of_customers_and_of_nobody_and_as_old_as_they_should_be(calls: None) -> None:
    assert Call.objects.filter(customer=None).count() == 60
    assert Call.objects.filter(rule="Old rule").count() == 9
    assert (Call.objects.latest("created_at").created_at - Call.objects.earliest("created_at").created_at).days == 99


def test_a_page_that_is_not_there_stops_the_bench(client: Client, db: None) -> None:
    with pytest.raises(Unanswered, match="404"):
        _asker(signed_in(client), "/admin/nowhere/", {})()

"""Everybody who could call, or an even sample of them."""

import pytest
from django.db import connection

from customers import everybody as module
from customers.everybody import count_everybody, everybody
from customers.models import Customer
from tests.conftest import customer

pytestmark = pytest.mark.django_db


def people(number: int) -> None:
    """So many customers with a number each, made by the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (name, email, tier, language, timezone, tags, attributes, notes, active,"
            " blocked) SELECT 'Customer ' || n, '', '', '', '', '{}', '{}', '', true, false"
            " FROM generate_series(1, %s) n",
            [number],
        )
        cursor.execute(
            "INSERT INTO customers_contactpoint (customer_id, kind, value, extension, is_main_owner)"
            " SELECT id, 'phone', '+1303' || (5000000 + id), '', false FROM customers_customer"
        )


def test_the_active_with_a_number_are_everybody_the_blocked_too() -> None:
    customer("c001", "Ada", "+13035550101", "+13035550102")
    customer("c002", "Blocked", "+13035550103", blocked=True)
    customer("c003", "Inactive", "+13035550104", active=False)
    customer("c004", "Without a number")
    assert [(each.name, each.addresses) for each in everybody(total=2)] == [
        ("Ada", ("+13035550101", "+13035550102")),
        ("Blocked", ("+13035550103",)),
    ]
    assert count_everybody() == 2


def test_without_a_name_a_customer_goes_by_an_id() -> None:
    customer("c001", "", "+13035550101")
    nameless = customer(None, "", "+13035550102")
    assert [each.name for each in everybody(total=2)] == ["c001", f"id:{nameless.pk}"]


def test_of_many_numbers_the_first_few_are_asked() -> None:
    customer("c001", "Ada", *(f"+1303555010{n}" for n in range(8)))
    assert next(everybody(total=1)).addresses == tuple(f"+1303555010{n}" for n in range(5))


def test_reading_goes_on_behind_the_last_one_across_pages() -> None:
    people(250)
    everyone = [each.pk for each in everybody(total=250)]
    assert everyone == sorted(Customer.objects.values_list("pk", flat=True))
    assert [each.pk for each in everybody(total=250, after=everyone[102])] == everyone[103:]


def test_a_sample_is_even_and_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ASKED", 500)
    people(5_000)
    sample = [each.pk for each in everybody(total=5_000)]
    first = min(Customer.objects.values_list("pk", flat=True))
    per_thousand = [sum(first + n <= pk < first + n + 1_000 for pk in sample) for n in range(0, 5_000, 1_000)]
    assert all(95 <= share <= 105 for share in per_thousand), per_thousand
    for step in (2, 3, 7, 10):  # no habit of the ids is repeated in the sample
        assert abs(sum(pk % step == 0 for pk in sample) / len(sample) - 1 / step) < 0.02
    assert sample == [each.pk for each in everybody(total=5_000)]

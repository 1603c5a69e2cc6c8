"""What the database itself refuses, whoever writes to it, and what the outside calls a customer."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from customers.models import ContactPoint, Customer
from tests.conftest import customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("customer_external_id_not_blank_nor_ours", {"external_id": ""}),
        ("customer_external_id_not_blank_nor_ours", {"external_id": "ID:7"}),
        ("customer_attributes_is_an_object", {"attributes": ["a"]}),
        ("customers_customer_external_id", {"external_id": "c001"}),
    ],
)
def test_the_database_keeps_the_promise_of_customers(constraint: str, facts: dict[str, Any], ada: Customer) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Customer.objects.create(**facts)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "3035550101"),
        ("phone", "+0123456789"),
        ("phone", "+1 303 555 0101"),
        ("sip", "bob@example.com"),
        ("sip", "sip:bob"),
        ("trunk", "a b"),
        ("trunk", ""),
        ("fax", "+13035550101"),
    ],
)
def test_a_contact_point_fits_its_kind(kind: str, value: str, ada: Customer) -> None:
    with pytest.raises(IntegrityError, match="contact_point_value_fits_its_kind"):
        ContactPoint.objects.create(customer=ada, kind=kind, value=value)


def test_a_number_has_one_main_owner(ada: Customer) -> None:
    ada.contact_points.update(is_main_owner=True)
    with pytest.raises(IntegrityError, match="contact_point_one_main_owner"):
        ContactPoint.objects.create(customer=customer("c2", "Ben"), value="+13035550101", is_main_owner=True)


def test_a_customer_has_a_number_once(ada: Customer) -> None:
    with pytest.raises(IntegrityError, match="contact_point_once_per_customer"):
        ContactPoint.objects.create(customer=ada, value="+13035550101")


def test_a_customer_without_an_external_id_gets_one_of_ours(ada: Customer) -> None:
    nameless = customer(None, "Nameless")
    assert nameless.public_id == f"id:{nameless.pk}"
    assert Customer.objects.with_public_id(nameless.public_id).get() == nameless
    assert Customer.objects.with_public_id("c001").get() == ada


@pytest.mark.parametrize("public_id", ["id:", "id:x", "id:-1", "id:²", "id:" + "9" * 30, "nobody", "id:0"])
def test_an_id_that_nobody_has_finds_nobody(public_id: str, ada: Customer) -> None:
    assert not Customer.objects.with_public_id(public_id).exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("language", "english", "“english” is not a language code"),
        ("timezone", "PST", "“PST” is not a time zone"),
        ("attributes", ["a"], "Write a JSON object"),
        ("attributes", {"a": {"b": 1}}, "The attribute “a” must be"),
        ("attributes", {"a": None}, "The attribute “a” must be"),
        ("attributes", {"a": "\u0000"}, "null character"),
        ("attributes", {"a": [1, 1e22]}, "“a” holds a number of more than 16 digits: write it as text"),
        ("attributes", {"": 1}, "name has 1 to 100 characters"),
        ("attributes", {"plan\u00a0": 1}, "no blanks around them"),
        ("external_id", "id:7", "Ids that begin with “id:” are ours"),
    ],
)
def test_a_wrong_value_is_named_at_its_field(field: str, value: Any, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Customer(**{field: value}).full_clean()
    assert words in " ".join(refusal.value.message_dict[field])


@pytest.mark.parametrize("language", ["en", "pt-BR", "es_MX", "zh-Hant-TW", "haw", "es-419"])
def test_language_codes_are_taken(language: str) -> None:
    Customer(language=language).clean_fields(exclude=["external_id"])

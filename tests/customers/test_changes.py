"""What a row changes of its customer, and what it leaves alone."""

from datetime import date

import pytest

from customers.models import ContactPoint, Customer
from tests.conftest import customer
from tests.customers.importing_cases import Importer, numbers

pytestmark = pytest.mark.django_db


def test_empty_cells_and_absent_columns_leave_what_is_stored(imported: Importer, ada: Customer) -> None:
    imported("id,name,phone,tier,language\nc001,Ada Sample,,,\n")
    ada.refresh_from_db()
    assert (ada.name, ada.tier, ada.language, ada.joined_on) == ("Ada Sample", "gold", "en", date(2023, 4, 1))
    assert numbers("c001") == ["+13035550101"]


def test_attributes_are_merged_and_keep_their_types(imported: Importer, ada: Customer) -> None:
    Customer.objects.update(attributes={"plan": "free", "city": "Denver"})
    imported("id,attributes.plan,attributes.zip,attributes.beta\nc001,pro,02134,yes\n")
    ada.refresh_from_db()
    assert ada.attributes == {"plan": "pro", "city": "Denver", "zip": "02134", "beta": True}


def test_an_updated_customer_says_when(imported: Importer, ada: Customer) -> None:
    imported("id,phone\nc001,+13035550109\n")
    assert Customer.objects.get(external_id="c001").updated_at > ada.updated_at


@pytest.mark.parametrize("new", ["+13035550101,", "+13035550109,+13035550101", ",+13035550109"])
def test_the_numbers_of_a_row_become_the_customers(imported: Importer, ada: Customer, new: str) -> None:
    text = f"id,phone,phone_2\nc001,{new}\n"
    imported(text)
    assert sorted(numbers("c001")) == sorted(filter(None, new.split(",")))
    assert imported(text).counts == (0, 0, 1, 0)


def test_numbers_that_a_row_no_longer_lists_are_counted(imported: Importer, ada: Customer) -> None:
    assert imported("id,phone\nc001,+13035550109\n").outcome.removed_numbers == 1


def test_a_row_that_only_leaves_a_number_out_is_an_update(imported: Importer, ada: Customer) -> None:
    ada.contact_points.create(kind="phone", value="+13035550109")
    result = imported("id,phone\nc001,+13035550109\n")
    assert (result.counts, numbers("c001")) == ((0, 1, 0, 0), ["+13035550109"])


def test_sip_addresses_and_numbers_do_not_replace_one_another(imported: Importer, ada: Customer) -> None:
    imported("id,sip_uri\nc001,ada@example.com\n")
    assert numbers("c001") == ["+13035550101", "sip:ada@example.com"]
    imported("id,phone\nc001,+13035550109\n")
    assert numbers("c001") == ["sip:ada@example.com", "+13035550109"]


def test_nobody_loses_a_number_because_another_row_has_it(imported: Importer, ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+13035550102")
    ContactPoint.objects.filter(customer=ada).update(is_main_owner=True)
    assert imported("id,phone\nc002,+13035550101\n").outcome.shared_numbers == 1
    assert numbers("c001") == numbers("c002") == ["+13035550101"]
    assert ada.contact_points.get().is_main_owner


def test_two_new_customers_may_share_a_number_from_the_start(imported: Importer) -> None:
    result = imported("id,phone\nc011,+13035550115\nc012,+13035550115\n")
    assert (result.counts, result.outcome.shared_numbers) == ((2, 0, 0, 0), 1)


def test_extensions_are_kept_with_the_number(imported: Importer, ada: Customer) -> None:
    assert imported("id,phone\nc001,303-555-0101 x12\n").counts == (0, 1, 0, 0)
    assert numbers("c001") == ["+13035550101 12"]
    assert imported("id,phone\nc001,+13035550101\n").counts == (0, 0, 1, 0), "no extension says nothing of it"


def test_old_mexican_and_brazilian_forms_are_stored_in_todays(imported: Importer) -> None:
    imported("id,phone\nc021,+52 1 55 1234 5678\nc022,+55 11 8765-4321\n")
    assert (numbers("c021"), numbers("c022")) == (["+525512345678"], ["+5511987654321"])


def test_create_only_leaves_those_who_exist_as_they_are(imported: Importer, ada: Customer) -> None:
    assert imported("id,tier\nc001,silver\nc002,gold\n", create_only=True).counts == (1, 0, 1, 0)
    assert Customer.objects.get(external_id="c001").tier == "gold"

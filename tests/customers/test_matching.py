"""Whose rows these are: by external id, by number, or nobody's."""

import pytest

from customers.models import Customer
from tests.conftest import customer
from tests.customers.importing_cases import Importer, numbers
from tests.national_variants import VARIANTS

pytestmark = pytest.mark.django_db


def test_rows_without_external_id_are_matched_by_number(imported: Importer, ada: Customer) -> None:
    assert imported("phone,tier\n(303) 555-0101,silver\n").counts == (0, 1, 0, 0)
    assert Customer.objects.get().tier == "silver"


def test_rows_with_a_sip_address_only_are_matched_by_it(imported: Importer, ada: Customer) -> None:
    ada.contact_points.create(kind="sip", value="sip:ada@example.com")
    assert imported("sip_uri,tier\nada@example.com,silver\n").counts == (0, 1, 0, 0)
    assert Customer.objects.get().tier == "silver"


def test_our_own_ids_are_accepted_where_an_external_id_is(imported: Importer, db: None) -> None:
    dmitri = customer(None, "Dmitri Volkov", "+13035550104")
    assert imported(f"id,name\nid:{dmitri.pk},Dmitri Example\n").counts == (0, 1, 0, 0)
    assert Customer.objects.get().name == "Dmitri Example"


def test_our_own_id_of_nobody_is_rejected(imported: Importer, ada: Customer) -> None:
    result = imported(f"id,phone\nid:{ada.pk + 1},+13035550101\n")
    assert result.problems == [
        f"2: external_id: “id:{ada.pk + 1}” is none of our customers: leave the cell empty for a new one."
    ]


def test_a_new_external_id_adopts_the_one_customer_who_has_the_number_and_no_id(imported: Importer) -> None:
    dmitri = customer(None, "Dmitri Volkov", "+13035550104")
    assert imported("id,phone\nc004,+13035550104\n").counts == (0, 1, 0, 0)
    dmitri.refresh_from_db()
    assert dmitri.external_id == "c004"


def test_a_new_external_id_does_not_take_over_another_customer(imported: Importer, ada: Customer) -> None:
    result = imported("id,name,phone\nc009,Ada's son,+13035550101\n")
    assert (result.counts, result.outcome.shared_numbers) == ((1, 0, 0, 0), 1)
    assert numbers("c001") == numbers("c009") == ["+13035550101"]


def test_of_two_new_ids_behind_one_number_only_the_first_adopts(imported: Importer) -> None:
    kate = customer(None, "Kate Larsen", "+13035550115")
    text = "id,phone\nc011,+13035550115\nc012,+13035550115\n"
    assert imported(text).counts == (1, 1, 0, 0)
    kate.refresh_from_db()
    assert kate.external_id == "c011"
    assert imported(text).counts == (0, 0, 2, 0)


def test_a_number_of_several_customers_says_nothing_without_an_id(imported: Importer) -> None:
    customer("c011", "Kate Larsen", "+13035550111", "+13035550115")
    customer("c012", "Leo Larsen", "+13035550112", "+13035550115")
    result = imported("phone,phone_2,tier\n+13035550115,,gold\n+13035550111,+13035550115,gold\n")
    assert result.problems == [
        "2: Several customers have the numbers of this row: say with an external_id whose it is."
    ]
    assert Customer.objects.get(tier="gold").name == "Kate Larsen", "she alone has both numbers"


def test_numbers_of_two_different_customers_in_one_row_are_rejected(imported: Importer, ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+13035550102")
    assert imported("phone,phone_2\n+13035550101,+13035550102\n").counts == (0, 0, 0, 1)


@pytest.mark.parametrize(("stored", "written"), VARIANTS)
def test_national_variants_are_one_customer_s_one_number(imported: Importer, stored: str, written: str) -> None:
    customer("c020", "Paula Sosa", stored)
    assert imported(f"phone,phone_2,tier\n{written},{stored},gold\n").counts == (0, 1, 0, 0)
    assert imported(f"id,phone\nc020,{written}\n").counts == (0, 0, 1, 0)
    assert numbers("c020") == [stored]


@pytest.mark.parametrize(
    ("rows", "line", "first"),
    [
        ("c001,+13035550101\nc001,+13035550102\n", 3, 2),
        (",+13035550101\n,+13035550101\n", 3, 2),
        ("c001,+13035550101\n,+13035550101\n", 3, 2),
        (",+13035550101\nc001,+13035550101\n", 2, 3),
    ],
    ids=["the same id", "the same number", "the number of an id", "the id goes first"],
)
@pytest.mark.parametrize("known", [False, True])
def test_of_two_rows_for_one_customer_one_is_rejected(
    imported: Importer, rows: str, line: int, first: int, known: bool
) -> None:
    if known:
        customer("c001", "Ada Example", "+13035550101")
    text = "id,phone\n" + rows
    sentence = f"{line}: The row is the same customer as line {first}."
    assert imported(text).problems == imported(text).problems == [sentence]


def test_a_rejected_row_does_not_stand_in_the_way_of_a_good_one(imported: Importer) -> None:
    result = imported("id,language\nc001,english\nc001,en\n")
    assert (result.counts, result.rejected[0].line) == ((1, 0, 0, 1), 2)


def test_rows_are_named_with_their_file_where_there_are_several(imported: Importer) -> None:
    result = imported("id\nc001\n", "Customer ID,tier\nc002,gold\nc001,gold\n")
    assert result.problems == ["3: The row is the same customer as line 2 of 1.csv."]
    assert (result.counts, result.rejected[0].file) == ((2, 0, 0, 1), 1)


def test_update_only_rejects_those_who_do_not_exist(imported: Importer, ada: Customer) -> None:
    result = imported("id,tier\nc001,silver\nc002,gold\n", update_only=True)
    assert result.counts == (0, 1, 0, 1)
    assert result.problems == ["3: No customer has this external_id or number, and --update-only creates none."]

"""What becomes of rows: whose they are, what they change, and what they leave alone."""

import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.importing import ImportOptions, ImportRefused, import_customers
from customers.models import Customer
from customers.states import FACTS
from customers.tables import open_table
from tests.conftest import customer
from tests.customers.importing_cases import Importer, numbers

pytestmark = pytest.mark.django_db


ADA_AND_BEN = """\
external_id,name,phone,email,tier,joined_on,language,timezone,tags,notes,active,attributes.seats,call_consent_at,\
call_consent_how,do_not_call,remember_calls
c001,Ada Example,+13035550101,ada@example.com,gold,2023-04-01,en,America/Denver,vip;newsletter,"Two
lines",yes,12,2026-03-01T10:30:00+01:00,"ticked, at sign-up",yes,no
c002,Ben Okafor,+13035550102,,silver,,,,,,,,,,,
"""


def test_new_customers_are_created_with_all_their_fields(imported: Importer) -> None:
    assert imported(ADA_AND_BEN).counts == (2, 0, 0, 0)
    ada = Customer.objects.get(external_id="c001")
    assert (ada.name, ada.email, ada.tier) == ("Ada Example", "ada@example.com", "gold")
    assert (ada.joined_on, ada.language, ada.timezone) == (date(2023, 4, 1), "en", "America/Denver")
    assert (ada.tags, ada.notes) == (["vip", "newsletter"], "Two\nlines")
    assert (ada.active, ada.blocked, ada.attributes) == (True, False, {"seats": 12})
    assert (ada.call_consent_at, ada.call_consent_how) == (
        datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        "ticked, at sign-up",
    )
    assert (ada.do_not_call, ada.remember_calls) == (True, False)
    assert numbers("c001") == ["+13035550101"]


def test_fields_that_a_new_customer_lacks_are_as_the_admin_leaves_them(imported: Importer) -> None:
    imported("id,phone\nc003,+13035550103\n")
    carmen, blank = Customer.objects.get(external_id="c003"), Customer()
    for name in set(FACTS) - {"external_id"}:
        assert getattr(carmen, name) == getattr(blank, name), name


def test_importing_the_same_file_again_writes_nothing(imported: Importer) -> None:
    imported(ADA_AND_BEN)
    before = _versions()
    assert imported(ADA_AND_BEN).counts == (0, 0, 2, 0)
    assert _versions() == before, "a new version of a row is a dead row more"


def test_only_rows_that_differ_are_updated(imported: Importer) -> None:
    imported(ADA_AND_BEN)
    outcome = imported(ADA_AND_BEN.replace("silver", "gold"))
    assert outcome.counts == (0, 1, 1, 0)
    assert Customer.objects.get(external_id="c002").tier == "gold"


def test_empty_cells_take_no_consent_and_no_objection_away(imported: Importer) -> None:
    imported(ADA_AND_BEN)
    cells = "call_consent_at,call_consent_how,do_not_call,remember_calls"
    assert imported(f"id,{cells}\nc001,,,,\n").counts == (0, 0, 1, 0)
    assert imported(f"id,{cells}\nc001,2026-04-01,said,no,yes\n").counts == (0, 1, 0, 0)
    ada = Customer.objects.get(external_id="c001")
    assert (ada.call_consent_at, ada.call_consent_how) == (datetime(2026, 4, 1, tzinfo=UTC), "said")
    assert (ada.do_not_call, ada.remember_calls) == (False, True)


def test_a_dry_run_says_the_same_and_changes_nothing(imported: Importer, ada: Customer) -> None:
    text = "id,phone,tier\nc001,+13035550101,silver\nc002,+13035550101,\nc003,,\nc003,,\n,,\n"
    before = _versions()
    dry = imported(text, dry_run=True)
    assert _versions() == before
    assert dry.counts == (2, 1, 0, 1)
    assert imported(text).outcome == dry.outcome


def test_the_number_of_statements_does_not_grow_with_the_rows(imported: Importer) -> None:
    counts = []
    for rows in (1, 300):
        lines = "".join(f"c{row},Person {row},+1303555{row:04d}\n" for row in range(100, 100 + rows))
        with CaptureQueriesContext(connection) as queries:
            imported("id,name,phone\n" + lines, dry_run=rows == 1)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 10


def test_those_in_no_file_become_inactive_when_wanted(imported: Importer) -> None:
    for number in range(100, 111):
        customer(f"c{number}", f"Person {number}", f"+13035550{number}")
    rows = "".join(f"c{number}\n" for number in range(100, 110))
    assert imported("id\n" + rows, deactivate_missing=True).outcome.deactivated == 1
    assert [person.external_id for person in Customer.objects.filter(active=False)] == ["c110"]


def test_more_than_one_in_ten_do_not_become_inactive_unasked(imported: Importer, ada: Customer) -> None:
    customer("c002", "Ben Okafor")
    with pytest.raises(ImportRefused, match="1 of 2 active customers are in no file"):
        imported("id,name\nc002,Ben Example\n", deactivate_missing=True)
    assert not Customer.objects.filter(active=False).exists()
    assert not Customer.objects.filter(name="Ben Example").exists()
    imported("id,name\nc002,Ben Example\n", deactivate_missing=True, confirm=True)
    assert Customer.objects.get(active=False) == ada


def test_a_file_without_rows_makes_nobody_inactive(imported: Importer, ada: Customer) -> None:
    with pytest.raises(ImportRefused, match="There are no rows"):
        imported("id\n", deactivate_missing=True, confirm=True)


@pytest.mark.parametrize("row", ["c001,english,", ",english,+13035550101", "c001,english,+13035550102"])
def test_a_rejected_row_makes_its_customer_no_more_missing(imported: Importer, ada: Customer, row: str) -> None:
    result = imported(f"id,language,phone\n{row}\n", deactivate_missing=True, confirm=True)
    assert (result.outcome.deactivated, result.outcome.rejected) == (0, 1)


def test_those_whose_shared_number_stands_in_a_rejected_row_are_not_missing(imported: Importer, ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+13035550101")
    customer("c003", "Carmen Ruiz")
    imported("id,phone\nc003,\n,+13035550101\n", deactivate_missing=True, confirm=True)
    assert not Customer.objects.filter(active=False).exists()


def test_nobody_is_missing_while_a_row_might_be_anybodys(imported: Importer, ada: Customer) -> None:
    result = imported("id,phone\nc002,\n,1.41556E+10\n", deactivate_missing=True, confirm=True)
    assert (result.outcome.deactivated, result.outcome.unsure_who_is_missing) == (0, True)
    assert Customer.objects.filter(active=True).count() == 2


@pytest.mark.parametrize(
    "cell",
    ['"\\."', '"\\N"', "\\\\x", '"a""b"', "'; DROP TABLE customers_customer; --", '"{""}"', "%s %d", "\U0001f600"],
)
def test_any_text_arrives_as_it_stood(imported: Importer, cell: str) -> None:
    imported(f"id,name,notes,tags,attributes.x\nc001,{cell},{cell},{cell},{cell}\n")
    ada = Customer.objects.get()
    text = cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
    assert ada.name == ada.notes == text
    assert ada.tags == [word.strip() for word in text.split(";") if word.strip()]


def _versions() -> list[tuple[str, ...]]:
    """Where each row physically stands: unchanged as long as nothing was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ctid, xmin FROM customers_customer UNION ALL SELECT ctid, xmin FROM customers_contactpoint"
        )
        return sorted(cursor.fetchall(), key=str)


def test_an_import_that_is_interrupted_leaves_everything_as_it_was(tmp_path: Path, ada: Customer) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name\nc001,Ada Sample\nc002,Ben Okafor\n")

    def interrupt(_: object) -> None:
        assert Customer.objects.count() == 2, "all is written by now"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_customers([open_table(path)], options=ImportOptions(region="US"), on_rejected=interrupt)
    assert Customer.objects.get().name == "Ada Example"


@pytest.mark.django_db(transaction=True)
def test_a_customer_whom_somebody_else_saves_meanwhile_is_updated(imported: Importer) -> None:
    results = []

    def import_ada() -> None:
        results.append(imported("id,name\nc001,Ada Example\n"))
        connection.close()

    with transaction.atomic():
        customer("c001", "Ada Sample", tier="gold")
        other = threading.Thread(target=import_ada)
        other.start()
        _wait_until_somebody_waits()
    other.join()
    assert results[0].counts == (0, 1, 0, 0)
    assert Customer.objects.get().name == "Ada Example"


def _wait_until_somebody_waits() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")

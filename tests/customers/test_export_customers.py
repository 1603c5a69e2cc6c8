"""`manage.py export_customers`: everybody, in a table that an import takes back without changing anything."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from customers.models import ContactPoint, Customer
from tests.conftest import customer
from tests.customers.importing_cases import Importer

pytestmark = pytest.mark.django_db(transaction=True)


def export(path: Path) -> list[dict[str, str]]:
    call_command("export_customers", str(path), stdout=io.StringIO())
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


@pytest.fixture
def everybody() -> None:
    """Customers of all kinds."""
    ada = customer("c001", "Ada Example", "+13035550101", tier="gold", joined_on=date(2023, 4, 1), language="en")
    ada.contact_points.create(kind="phone", value="+441614960107", extension="12")
    ada.contact_points.create(kind="sip", value="sip:ada@example.com")
    ada.contact_points.create(kind="trunk", value="PBX17")
    consent = {"call_consent_at": datetime(2026, 3, 1, 9, 30, tzinfo=UTC), "call_consent_how": "said on the phone"}
    customer(None, "Ben Okafor", "+13035550102", notes='He said "hi",\r\nand left.', active=False, **consent)
    customer(
        "c003", "Élodie; =1+1", tags=["vip", "a;b"], timezone="Europe/Paris", do_not_call=True, remember_calls=False
    )
    facts = {"seats": 12, "zip": "02134", "text": "12", "beta": True, "list": ["a", "b"], "one": ["a"]}
    customer(None, "", attributes=facts)


def test_what_looks_like_an_export_s_own_words_comes_back_as_it_was(tmp_path: Path, imported: Importer) -> None:
    customer("c001", "Ada Example", tags=["json:x", "y"])
    customer("c002", "Ben Okafor", tags=["* x", "a ::: b", " c"])
    customer("c003", "Carmen Ruiz", tags=["'=x", "\u200bq"])
    customer("c004", "Dmitri Volkov", attributes={"a": "\u200bb", "c": "json:"})
    export(tmp_path / "all.csv")
    assert imported((tmp_path / "all.csv").read_bytes().decode()).counts == (0, 0, 4, 0)


def test_each_customer_is_a_row(everybody: None, tmp_path: Path) -> None:
    ada, ben, elodie, nobody = export(tmp_path / "all.csv")
    assert (ada["phone"], ada["phone_2"]) == ("+13035550101", "+441614960107 ext. 12")
    assert (ada["sip_uri"], ada["trunk_identity"], ada["joined_on"]) == ("sip:ada@example.com", "PBX17", "2023-04-01")
    assert ben["external_id"] == f"id:{Customer.objects.get(name='Ben Okafor').pk}"
    assert (ben["active"], ben["notes"]) == ("no", 'He said "hi",\r\nand left.')
    assert (ben["call_consent_at"], ben["call_consent_how"]) == ("2026-03-01T09:30:00+00:00", "said on the phone")
    assert (elodie["do_not_call"], elodie["remember_calls"], ben["remember_calls"]) == ("yes", "no", "yes")
    assert elodie["tags"] == 'json:["vip","a;b"]'
    assert (nobody["attributes.seats"], nobody["attributes.text"], nobody["attributes.list"]) == (
        "12",
        'json:"12"',
        "a;b",
    )


@pytest.mark.parametrize("tags", [["a ::: b"], ["* starred"], ["plan:gold", "* x ::: y"]])
def test_tags_that_look_like_googles_come_back_as_they_were(tmp_path: Path, tags: list[str]) -> None:
    customer("c001", "Ada Example", tags=tags)
    export(tmp_path / "all.csv")
    assert Importer(tmp_path)((tmp_path / "all.csv").read_bytes().decode()).counts == (0, 0, 1, 0)
    assert Customer.objects.get().tags == tags


def test_importing_an_export_changes_nothing(everybody: None, tmp_path: Path) -> None:
    before = list(Customer.objects.values()), list(ContactPoint.objects.values())
    export(tmp_path / "all.csv")
    text = (tmp_path / "all.csv").read_bytes().decode()
    assert Importer(tmp_path)(text).counts == (0, 0, 4, 0)
    assert (list(Customer.objects.values()), list(ContactPoint.objects.values())) == before


def test_an_export_brings_a_customer_back(everybody: None, tmp_path: Path) -> None:
    export(tmp_path / "all.csv")
    text = (tmp_path / "all.csv").read_bytes().decode()
    Customer.objects.filter(external_id="c001").delete()
    assert Importer(tmp_path)(text).counts == (1, 0, 3, 0)
    assert export(tmp_path / "again.csv")[-1] == next(csv.DictReader(io.StringIO(text)))
    assert Customer.objects.get(external_id="c001").contact_points.count() == 4


def test_nobody_at_all_is_a_header(tmp_path: Path) -> None:
    assert export(tmp_path / "all.csv") == []
    assert (tmp_path / "all.csv").read_text().startswith("external_id,name,phone,email,tier")
    assert Importer(tmp_path)((tmp_path / "all.csv").read_text()).counts == (0, 0, 0, 0)


def test_the_table_goes_to_standard_output_and_the_sentence_beside_it(
    everybody: None, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    err = io.StringIO()
    call_command("export_customers", stderr=err)
    assert capfdbinary.readouterr().out.count(b"\r\n") == 6
    assert err.getvalue() == "4 customers exported.\n"


def test_an_export_is_for_its_owners_eyes_only(everybody: None, tmp_path: Path) -> None:
    export(tmp_path / "all.csv")
    assert (tmp_path / "all.csv").stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: no such file or directory"):
        export(tmp_path / "nowhere" / "all.csv")
    with pytest.raises(CommandError, match="it is not an ordinary file"):
        export(tmp_path)

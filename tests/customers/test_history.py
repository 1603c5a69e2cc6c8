"""A customer's history: who changed what when, numbers included; imports as one entry; and forgetting it all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from reversion.models import Revision, Version

from customers import history
from customers.history import Entry, keeping, read_history
from customers.models import ContactPoint, Customer, Import
from customers.states import Difference
from tests.conftest import customer
from tests.customers.importing_cases import Importer, import_files

MONDAY, TUESDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), datetime(2026, 3, 3, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create(username="sam")


def change(person: Customer, *, by: User | None = None, at: datetime = MONDAY, **facts: object) -> None:
    with keeping(person.pk, by=by, at=at):
        Customer.objects.filter(pk=person.pk).update(**facts)


def entries(person: Customer) -> list[Entry]:
    return list(read_history(person.pk).entries)


def test_a_change_says_who_when_and_what(ada: Customer, sam: User) -> None:
    change(ada, by=sam, tier="silver", blocked=True)
    newest = entries(ada)[0]
    assert (newest.by, newest.at, newest.what) == ("sam", MONDAY, "Changed")
    assert newest.differences == [Difference("account type", "gold", "silver"), Difference("blocked", "no", "yes")]


def test_numbers_are_part_of_it(ada: Customer) -> None:
    with keeping(ada.pk, by=None, at=MONDAY):
        ada.contact_points.all().delete()
        ContactPoint.objects.create(customer=ada, value="+13035550102", extension="7", is_main_owner=True)
    assert entries(ada)[0].differences == [
        Difference("phone number", "+13035550101", ""),
        Difference("phone number", "", "+13035550102 ext. 7, main owner"),
    ]


def test_each_attribute_stands_on_its_own(ada: Customer) -> None:
    change(ada, attributes={"plan": "pro", "seats": 2, "beta": True}, tags=["vip", "press"])
    change(ada, attributes={"plan": "pro", "seats": 3, "cities": ["Rome", "Oslo"], "limits": {"a": 1}}, tags=[])
    assert entries(ada)[0].differences == [
        Difference("tags", "vip, press", ""),
        Difference("attributes.beta", "yes", ""),
        Difference("attributes.cities", "", "Rome, Oslo"),
        Difference("attributes.limits", "", '{"a": 1}'),
        Difference("attributes.seats", "2", "3"),
    ]


def test_nothing_is_kept_where_nothing_changed(ada: Customer) -> None:
    change(ada, tier="silver")
    kept = Revision.objects.count()
    change(ada, at=TUESDAY, tier="silver")
    assert Revision.objects.count() == kept


def test_somebody_whom_nobody_changed_costs_nothing_and_still_has_a_history(ada: Customer) -> None:
    assert [(entry.what, entry.is_present, entry.is_first_known) for entry in entries(ada)] == [
        ("First known state", True, True)
    ]
    assert not Revision.objects.exists()


def test_a_change_past_the_admin_shows_too(ada: Customer) -> None:
    change(ada, tier="silver")
    Customer.objects.filter(pk=ada.pk).update(name="Ada Lovelace")
    newest = entries(ada)[0]
    assert (newest.what, newest.is_present, newest.revision) == ("Changed outside the admin", True, None)
    assert newest.differences == [Difference("name", "Ada Example", "Ada Lovelace")]


def test_an_import_is_one_entry_and_shows_in_each_history(imported: Importer, ada: Customer, sam: User) -> None:
    change(ada, by=sam, tier="silver")
    imported("external_id,name,phone,tier\nc001,,+13035550109,basic\nc002,Ben Okafor,,\n")
    record = Import.objects.get()
    assert (record.files, record.created, record.updated, record.rejected) == ("1.csv", 1, 1, 0)
    newest = entries(ada)[0]
    assert (newest.what, newest.source, newest.at) == ("Import of 1.csv", record, record.at)
    assert newest.differences[0] == Difference("account type", "silver", "basic")
    assert len(newest.differences) == 3
    assert [entry.what for entry in entries(Customer.objects.get(external_id="c002"))] == ["Import of 1.csv"]
    assert Revision.objects.count() == 2  # those of the change by hand


def test_an_import_leaves_those_alone_whom_it_does_not_change(imported: Importer, ada: Customer) -> None:
    before = Customer.objects.values().get(pk=ada.pk)
    imported("external_id,name\nc001,Ada Example\nc002,Ben Okafor\n")
    assert Customer.objects.values().get(pk=ada.pk) == before
    assert entries(ada)[0].source is None


def test_what_an_import_did_stays_in_the_history_when_staff_change_more(
    imported: Importer, ada: Customer, sam: User
) -> None:
    change(ada, by=sam, tier="silver")
    imported("external_id,tier\nc001,basic\n")
    change(ada, by=sam, at=TUESDAY, tier="gold")
    assert [(entry.what, entry.by) for entry in entries(ada)] == [
        ("Changed", "sam"),
        ("Import of 1.csv", ""),
        ("Changed", "sam"),
        ("First known state", ""),
    ]
    assert entries(ada)[1].differences == [Difference("account type", "silver", "basic")]


def test_a_dry_run_leaves_no_entry(imported: Importer, db: None) -> None:
    imported("external_id,name\nc001,Ada Example\n", dry_run=True)
    assert not Import.objects.exists()


def test_a_long_history_comes_in_pages(ada: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PER_PAGE", 2)
    for seats in range(4):
        change(ada, attributes={"seats": seats})
    first = read_history(ada.pk)
    second = read_history(ada.pk, before=first.older)
    third = read_history(ada.pk, before=second.older)
    said = [entry.differences[0].new for page in (first, second) for entry in page.entries]
    assert (said, third.older) == (["3", "2", "1", "0"], None)
    assert [entry.what for entry in third.entries] == ["First known state"]


def test_forgetting_leaves_nothing_of_the_person(ada: Customer, sam: User) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550102")
    for person in (ada, ben):
        change(person, by=sam, tier="silver")
    kind = ContentType.objects.get_for_model(Customer)
    LogEntry.objects.create(
        user=sam, content_type=kind, object_id=str(ada.pk), object_repr="Ada Example", action_flag=2
    )
    history.forget(ada.pk)
    left = " ".join(Version.objects.values_list("serialized_data", flat=True))
    assert ("Ada" in left, "+13035550101" in left, "Ben" in left) == (False, False, True)
    assert not Version.objects.filter(object_repr__contains="Ada").exists()
    assert Version.objects.filter(object_repr="+13035550102").count() == 2
    assert not LogEntry.objects.exists()


def test_the_command_says_whose_import_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "nina")
    (tmp_path / "hubspot.csv").write_text("external_id,name\nc001,Ada Example\n")
    import_files(tmp_path / "hubspot.csv")
    (entry,) = entries(Customer.objects.get())
    assert (entry.what, entry.by) == ("Import of hubspot.csv", "nina (command line)")

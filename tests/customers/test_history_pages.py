"""The admin's pages of a customer's history: what staff do there is kept, shown and taken back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils.html import strip_tags

from customers.history import forget, kept_states, read_history
from customers.models import Customer, Import
from tests.admin_forms import save, sentences, signed_in
from tests.conftest import customer
from tests.customers.importing_cases import Importer

LIST = "/admin/customers/customer/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


def text(page: object) -> str:
    """What the page says, in one line."""
    return " ".join(strip_tags(page.content.decode()).replace("&#x27;", "'").split())  # type: ignore[attr-defined]


def history(person: Customer) -> str:
    return f"{LIST}{person.pk}/history/"


def restoring(person: Customer, nth: int = -1) -> str:
    return f"{history(person)}{kept_states(person.pk)[nth].revision.pk}/"


def test_saving_the_form_is_one_entry_numbers_included(staff: Client, ada: Customer) -> None:
    save(staff, f"{LIST}{ada.pk}/change/", {"tier": "silver", "contact_points-0-value": "+1 303 555 0109"})
    newest, *earlier = read_history(ada.pk).entries
    assert (newest.by, [each.label for each in newest.differences]) == ("sam", ["account type", *["phone number"] * 2])
    assert [entry.what for entry in earlier] == ["First known state"]


def test_adding_is_an_entry(staff: Client, db: None) -> None:
    save(
        staff,
        f"{LIST}add/",
        {"name": "Ada Example", "contact_points-0-kind": "phone", "contact_points-0-value": "+13035550101"},
    )
    (entry,) = read_history(Customer.objects.get().pk).entries
    assert (entry.what, entry.by) == ("Added", "sam")
    assert [each.new for each in entry.differences] == ["Ada Example", "+13035550101"]


def test_the_page_reads_as_sentences(staff: Client, ada: Customer) -> None:
    save(staff, f"{LIST}{ada.pk}/change/", {"tier": "silver", "notes": "<b>hush</b>"})
    said = text(staff.get(history(ada)))
    assert "History of Ada Example" in said
    assert "Changed by sam on" in said
    assert "account type: gold → silver" in said
    assert "notes: nothing → &lt;b&gt;hush&lt;/b&gt;" in said


def test_names_stand_in_the_history_and_nowhere_else(staff: Client, ada: Customer) -> None:
    save(staff, f"{LIST}{ada.pk}/change/", {"tier": "silver"})
    staff.post(LIST, {"action": "block", "_selected_action": [ada.pk]})
    staff.post(f"{LIST}{ada.pk}/delete/", {"post": "yes"})
    assert not LogEntry.objects.exists()
    forget(ada.pk)
    assert staff.get(history(ada)).status_code == 404


def test_a_state_is_restored_after_a_look_at_it(staff: Client, ada: Customer) -> None:
    save(staff, f"{LIST}{ada.pk}/change/", {"tier": "silver", "contact_points-0-value": "+13035550109"})
    customer("c002", "Ben Okafor", "+13035550101")
    said = text(staff.get(restoring(ada)))
    assert "+13035550101 is also Ben Okafor's by now: it will be shared." in said
    assert Customer.objects.get(pk=ada.pk).tier == "silver"
    done = staff.post(restoring(ada))
    assert "as he was then" in sentences(done)
    assert Customer.objects.get(pk=ada.pk).tier == "gold"


@pytest.mark.parametrize("way", ["page", "action"])
def test_a_deleted_customer_comes_back(staff: Client, ada: Customer, way: str) -> None:
    key = ada.pk
    if way == "page":
        staff.post(f"{LIST}{key}/delete/", {"post": "yes"})
    else:
        staff.post(LIST, {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert not Customer.objects.exists()
    assert "Ada Example deleted by sam on" in text(staff.get(f"{LIST}deleted/"))
    assert "Deleted by sam" in text(staff.get(history(ada)))
    staff.post(restoring(ada, 0))
    assert Customer.objects.get(pk=key).contact_points.get().value == "+13035550101"
    assert "Nobody who could be brought back" in text(staff.get(f"{LIST}deleted/"))


def test_an_erased_customer_is_not_among_the_deleted(staff: Client, ada: Customer) -> None:
    key = ada.pk
    staff.post(f"{LIST}{key}/delete/", {"post": "yes"})
    assert "Ada Example deleted" in text(staff.get(f"{LIST}deleted/"))
    forget(key)
    assert "Ada Example deleted" not in text(staff.get(f"{LIST}deleted/"))


def test_blocking_many_is_an_entry_for_each(staff: Client, ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    staff.post(LIST, {"action": "block", "_selected_action": [ada.pk, ben.pk]})
    assert [read_history(person.pk).entries[0].differences[0].label for person in (ada, ben)] == ["blocked"] * 2


@pytest.mark.parametrize(("may", "status"), [(["view"], 403), (["view", "change"], 200)])
def test_who_may_only_look_restores_nothing(client: Client, ada: Customer, may: list[str], status: int) -> None:
    viewer = User.objects.create(username="vera", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=[f"{word}_customer" for word in may]))
    save(signed_in(client), f"{LIST}{ada.pk}/change/", {"tier": "silver"})
    client.force_login(viewer)
    assert client.get(history(ada)).status_code == 200
    assert ("Restore this state" in text(client.get(history(ada)))) == (status == 200)
    assert client.get(restoring(ada)).status_code == status


@pytest.mark.parametrize("revision", ["4711", "9" * 30])
def test_a_state_that_is_not_kept_is_refused_with_a_sentence(staff: Client, ada: Customer, revision: str) -> None:
    assert "This state is not kept" in sentences(staff.post(f"{history(ada)}{revision}/"))
    assert staff.get(f"{history(ada)}?before={revision}").status_code == 200


@pytest.mark.parametrize("address", ["4711/history/", "x/history/", "99999999999999999999999/history/"])
def test_nobodys_history_is_not_found(staff: Client, db: None, address: str) -> None:
    assert staff.get(f"{LIST}{address}").status_code == 404


def test_imports_are_listed_and_lead_to_their_customers(staff: Client, imported: Importer) -> None:
    customer("c002", "Ben Okafor")
    imported("external_id,name\nc001,Ada Example\nc002,Ben Okafor\n")
    record = Import.objects.get()
    assert "1.csv" in text(staff.get("/admin/customers/import/"))
    page = staff.get(f"/admin/customers/import/{record.pk}/change/")
    link = page.content.decode().split('href="/admin/customers/customer/?updated_at=')[1].split('"')[0]
    people = text(staff.get(f"{LIST}?updated_at={link}"))
    assert ("Ada Example" in people, "Ben Okafor" in people) == (True, False)


def test_an_import_cannot_be_changed(staff: Client, imported: Importer) -> None:
    imported("external_id,name\nc001,Ada Example\n")
    page = f"/admin/customers/import/{Import.objects.get().pk}/"
    assert staff.post(f"{page}change/", {"files": "other.csv"}).status_code == 403
    assert staff.post(f"{page}delete/", {"post": "yes"}).status_code == 403

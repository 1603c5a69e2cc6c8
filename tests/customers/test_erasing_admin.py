"""Erasing and merging customers from their list in the admin; letting somebody come back."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Call, Customer, CustomerAlias, Erasure, Tombstone
from tests.admin_forms import sentences, signed_in
from tests.conftest import customer

LIST = "/admin/customers/customer/"


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    return signed_in(client)


def act(client: Client, action: str, *people: Customer) -> str:
    """Chooses them in the list, and an action; gives the page that this leads to."""
    chosen = [each.pk for each in people]
    return str(client.post(LIST, {"action": action, "_selected_action": chosen}).headers["Location"])


def allowed(client: Client, *names: str) -> Client:
    person = User.objects.create(username="kim", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(person)
    return client


def test_erased_from_the_list_with_a_receipt(staff: Client, ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    Call.objects.create(vapi_id="call-1", customer=ada)
    page = act(staff, "erase", ada)
    shown = staff.get(page).content.decode()
    assert "Ada Example" in shown
    assert "this server has no VAPI_API_KEY" in shown
    assert Customer.objects.count() == 2
    receipt = staff.post(page).content.decode()
    assert "<code>call-1</code>" in receipt
    assert Customer.objects.get() == ben
    assert Erasure.objects.get().by == "sam"


def test_a_page_of_somebody_erased_leads_back(staff: Client, ada: Customer) -> None:
    page = act(staff, "erase", ada)
    staff.post(page)
    assert staff.post(page).headers["Location"] == LIST
    assert staff.get(f"{reverse('admin:customers_customer_erase')}?id=x&id={2**70}").status_code == 302


def test_a_deleted_customer_is_erased_from_the_list_of_deleted(staff: Client, ada: Customer) -> None:
    page = f"{reverse('admin:customers_customer_erase')}?id={ada.pk}"
    staff.post(f"{LIST}{ada.pk}/delete/", {"post": "yes"})
    assert f'href="{page}"' in staff.get(f"{LIST}deleted/").content.decode()
    assert "<b>Ada Example</b> (c001)" in staff.get(page).content.decode()
    assert "Erased on" in staff.post(page).content.decode()
    assert "Ada Example" not in staff.get(f"{LIST}deleted/").content.decode()
    assert staff.get(page).headers["Location"] == LIST


def test_a_merged_customers_page_erases_whom_both_are_by_now(staff: Client, ada: Customer) -> None:
    twin = customer("c009", "A. Example", "+13035550109")
    staff.post(act(staff, "merge", ada, twin))
    page = f"{reverse('admin:customers_customer_erase')}?id={twin.pk}"
    shown = staff.get(page).content.decode()
    assert ("<b>Ada Example</b> (c001)" in shown, "<b>A. Example" in shown) == (True, False)
    staff.post(page)
    assert not Customer.objects.exists()
    assert "Example" not in staff.get(f"{LIST}deleted/").content.decode()


def test_erasing_needs_a_permission_of_its_own(client: Client, ada: Customer) -> None:
    kim = allowed(client, "view_customer", "change_customer", "delete_customer")
    assert kim.get(f"{reverse('admin:customers_customer_erase')}?id={ada.pk}").status_code == 403
    kim = allowed_more(client, "add_erasure")
    assert kim.get(f"{reverse('admin:customers_customer_erase')}?id={ada.pk}").status_code == 200


def allowed_more(client: Client, name: str) -> Client:
    person = User.objects.get(username="kim")
    person.user_permissions.add(Permission.objects.get(codename=name))
    client.force_login(User.objects.get(pk=person.pk))
    return client


@pytest.mark.parametrize("term", ["c001", "(303) 555-0101"])
def test_an_erasure_is_found_by_the_whole_id_or_number_and_lifted(staff: Client, ada: Customer, term: str) -> None:
    staff.post(act(staff, "erase", ada))
    address, erasure = reverse("admin:customers_erasure_changelist"), Erasure.objects.get()
    assert list(staff.get(address, {"q": term}).context["cl"].result_list) == [erasure]
    assert list(staff.get(address, {"q": "c002"}).context["cl"].result_list) == []
    done = staff.post(address, {"action": "lift", "_selected_action": [erasure.pk]})
    assert "may bring these people back" in sentences(done)
    assert not Tombstone.objects.exists()


def test_a_list_of_more_erasures_asks_no_more_questions(staff: Client) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            Tombstone.objects.create(erasure=Erasure.objects.create(at=timezone.now()), mark="x")
        with CaptureQueriesContext(connection) as asked:
            staff.get(reverse("admin:customers_erasure_changelist"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_two_are_merged_after_a_look(staff: Client, ada: Customer) -> None:
    twin = customer("c009", "A. Example", "+13035550109")
    page = act(staff, "merge", ada, twin)
    shown = staff.get(page).content.decode()
    assert "Merge A. Example into Ada Example" in shown
    assert "+13035550109" in shown
    done = staff.post(page)
    assert done.headers["Location"] == f"{LIST}{ada.pk}/change/"
    assert sentences(done) == "A. Example is merged into Ada Example, whom c009 means now."
    assert CustomerAlias.objects.filter(customer=ada).count() == 2


def test_only_two_can_be_merged(staff: Client, ada: Customer) -> None:
    assert act(staff, "merge", ada).startswith(LIST)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("query", ["", "?kept=x&other=y", "?kept=1&other=1", f"?kept={2**80}&other=3"])
def test_a_merger_of_nobody_leads_back(staff: Client, ada: Customer, query: str) -> None:
    assert staff.get(reverse("admin:customers_customer_merge") + query).headers["Location"] == LIST


def test_merging_needs_permission_to_change_and_delete(client: Client, ada: Customer) -> None:
    kim = allowed(client, "view_customer", "change_customer")
    assert kim.post(reverse("admin:customers_customer_merge")).status_code == 403

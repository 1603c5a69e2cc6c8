"""Bringing a customer back to an earlier state, and what others have taken since."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from customers import history, tombstones
from customers.models import ContactPoint, Customer, Erasure
from customers.restoring import NotRestorable, plan_restoration, restore
from customers.states import Difference, State, present_state
from tests.conftest import customer
from tests.customers.importing_cases import Importer, numbers

MONDAY, TUESDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def as_it_was(person: Customer) -> State:
    state = present_state(person.pk)
    assert state
    return state


def first_revision(person: Customer) -> int:
    return int(history.kept_states(person.pk)[-1].revision.pk)


def change_everything(ada: Customer) -> None:
    """Another name, tags and tier; the only number goes, another comes."""
    with history.keeping(ada.pk, by=None, at=MONDAY):
        Customer.objects.filter(pk=ada.pk).update(name="Ida", tier="", tags=["x"], attributes={"n": 1}, blocked=True)
        Customer.objects.filter(pk=ada.pk).update(do_not_call=True, remember_calls=False)
        Customer.objects.filter(pk=ada.pk).update(call_consent_at=MONDAY, call_consent_how="said on the phone")
        ada.contact_points.all().delete()
        ContactPoint.objects.create(customer=ada, value="+13035550102")


def delete(person: Customer) -> int:
    """Deletes as the admin does; gives the revision from which the customer can come back."""
    key = person.pk
    history.record(key, by=None, at=MONDAY, what=history.DELETED)
    person.delete()
    return int(history.kept_states(key)[0].revision.pk)


def change(ada: Customer) -> bool:
    """Another tier; the number stays."""
    with history.keeping(ada.pk, by=None, at=MONDAY):
        return bool(Customer.objects.filter(pk=ada.pk).update(tier=""))


def test_states_from_before_a_field_was_there_come_back_with_its_default(ada: Customer) -> None:
    change_everything(ada)
    version = history.kept_states(ada.pk)[-1].revision.version_set.get(object_id=ada.pk, content_type__model="customer")
    [kept] = json.loads(version.serialized_data)
    del kept["fields"]["remember_calls"], kept["fields"]["call_consent_how"]
    version.serialized_data = json.dumps([kept])
    version.save()
    restore(ada.pk, first_revision(ada), by=None, at=TUESDAY)
    ada.refresh_from_db()
    assert (ada.remember_calls, ada.call_consent_at, ada.call_consent_how, ada.name) == (True, None, "", "Ada Example")


def test_all_of_it_comes_back_numbers_too(ada: Customer) -> None:
    ada.contact_points.update(extension="12", is_main_owner=True)
    before = as_it_was(ada)
    change_everything(ada)
    restore(ada.pk, first_revision(ada), by=None, at=TUESDAY)
    assert as_it_was(ada) == before
    assert Customer.objects.get(pk=ada.pk).updated_at == TUESDAY


def test_it_is_kept_as_a_change_and_can_be_taken_back(ada: Customer) -> None:
    change_everything(ada)
    changed = as_it_was(ada)
    restore(ada.pk, first_revision(ada), by=None, at=TUESDAY)
    newest, before, *_ = history.read_history(ada.pk).entries
    assert newest.what.startswith("Restored to ")
    assert Difference("name", "Ida", "Ada Example") in newest.differences
    assert before.revision
    restore(ada.pk, before.revision, by=None, at=TUESDAY)
    assert as_it_was(ada) == changed


def test_the_plan_says_what_would_change_and_changes_nothing(ada: Customer) -> None:
    change_everything(ada)
    changed = as_it_was(ada)
    plan = plan_restoration(ada.pk, first_revision(ada))
    assert Difference("phone number", "", "+13035550101") in plan.differences
    assert (plan.warnings, plan.is_deleted, as_it_was(ada)) == ([], False, changed)


def test_a_number_that_another_has_by_now_becomes_shared(ada: Customer) -> None:
    change_everything(ada)
    ben = customer("c002", "Ben Okafor", "+13035550101")
    done = restore(ada.pk, first_revision(ada), by=None, at=TUESDAY)
    assert done.warnings == ["+13035550101 is also Ben Okafor's by now: it will be shared."]
    assert numbers("c001") == numbers("c002") == ["+13035550101"]
    assert ben.contact_points.count() == 1


def test_another_main_owner_stays_it(ada: Customer) -> None:
    ada.contact_points.update(is_main_owner=True)
    change_everything(ada)
    ben = customer("c002", "Ben Okafor", "+13035550101")
    ben.contact_points.update(is_main_owner=True)
    done = restore(ada.pk, first_revision(ada), by=None, at=TUESDAY)
    assert done.warnings[0] == "+13035550101 has Ben Okafor for its main owner by now, who stays that."
    assert [point.customer for point in ContactPoint.objects.filter(is_main_owner=True)] == [ben]


def test_an_id_that_another_has_by_now_stays_theirs(ada: Customer) -> None:
    key, revision = ada.pk, delete(ada)
    customer("c001", "Ben Okafor")
    done = restore(key, revision, by=None, at=TUESDAY)
    assert done.warnings == [f"The id c001 is Ben Okafor's by now, so the customer's id will be id:{key}."]
    assert Customer.objects.get(name="Ada Example").external_id is None


def test_a_deleted_customer_comes_back_under_the_same_key(ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(created_at=MONDAY)
    key, before = ada.pk, as_it_was(ada)
    revision = delete(ada)
    plan = plan_restoration(key, revision)
    assert plan.is_deleted
    restore(key, revision, by=None, at=TUESDAY)
    back = Customer.objects.get(pk=key)
    assert (present_state(key), back.created_at) == (before, MONDAY)


def test_what_an_import_changed_comes_back_from_a_kept_state(imported: Importer, ada: Customer) -> None:
    change_everything(ada)
    before = as_it_was(ada)
    imported("external_id,name,phone\nc001,Ada Byron,+13035550109\n")
    restore(ada.pk, history.kept_states(ada.pk)[0].revision.pk, by=None, at=TUESDAY)
    assert as_it_was(ada) == before
    assert "Import of 1.csv" in [entry.what for entry in history.read_history(ada.pk).entries]


@pytest.mark.parametrize("erased", [True, False])
def test_only_what_is_kept_of_this_customer_comes_back(ada: Customer, erased: bool) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550102")
    change_everything(ada)
    revision = first_revision(ada)
    if erased:
        history.forget(ada.pk)
    with pytest.raises(NotRestorable, match="is not kept"):
        restore(ada.pk if erased else ben.pk, revision, by=None, at=TUESDAY)


@pytest.mark.parametrize(("external_id", "number"), [("c001", "+13035550109"), ("c009", "+13035550101")])
def test_who_was_erased_since_does_not_come_back(ada: Customer, external_id: str, number: str) -> None:
    key, revision = ada.pk, delete(ada)
    erasure = Erasure.objects.create(at=TUESDAY)
    tombstones.set_up(erasure, ids=[external_id], numbers=[number])
    with pytest.raises(NotRestorable, match="was erased on 2026-03-03"):
        restore(key, revision, by=None, at=TUESDAY)
    assert not Customer.objects.exists()
    erasure.tombstones.all().delete()
    assert plan_restoration(key, revision).is_deleted


@pytest.mark.parametrize(("erased", "given"), [(MONDAY - timedelta(days=1), False), (LATER, True)])
def test_a_number_had_since_its_former_owner_was_erased_comes_back(
    ada: Customer, erased: datetime, given: bool
) -> None:
    """Had when the state was kept, after the erasure; or had at present, and so not coming back at all."""
    key = ada.pk
    revision = first_revision(ada) if given and change(ada) else delete(ada)
    tombstones.set_up(Erasure.objects.create(at=erased), ids=[], numbers=["+13035550101"])
    assert restore(key, revision, by=None, at=TUESDAY).state.contacts.keys() == {"+13035550101"}

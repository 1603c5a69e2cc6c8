"""Somebody whom staff deleted and only the history knows is forgotten, too; so is who was deleted and came again."""

import pytest
from reversion.models import Version

from customers import history, tombstones
from customers.erasing import NobodyToErase
from customers.merging import merge
from customers.models import Call, Customer
from customers.restoring import restore
from customers.spool import Spool
from tests.conftest import customer
from tests.customers.erasing_cases import NOW, call, delete, erase, everything_stored


@pytest.mark.parametrize("by_own_id", [False, True])
def test_who_was_deleted_before_is_erased_all_the_same(ada: Customer, spool: Spool, by_own_id: bool) -> None:
    customer("c002", "Ben Okafor", "+13035550102")
    call("call-1", customer=ada)
    call("call-2", number="", metadata={"customerId": f"id:{ada.pk}", "page": "Ada's basket"})
    key = delete(ada)
    receipts = [erase(spool, f"id:{key}" if by_own_id else "c001") for _ in range(2)]
    assert [(each.already, sorted(each.call_ids)) for each in receipts] == [
        (again, ["call-1", "call-2"]) for again in (False, True)
    ]
    stored = everything_stored()
    assert [trace for trace in ("Ada", "3035550101", "c001") if trace in stored] == []


@pytest.mark.parametrize(("external_id", "number"), [("c001", "+13035550109"), ("c009", "+13035550101")])
def test_earlier_incarnations_are_erased_too(spool: Spool, db: None, external_id: str, number: str) -> None:
    """Deleted, and made anew by an import: under the same id, or with the same number."""
    for person in (customer(external_id, "Ada Byron", number), customer("c002", "Ben Okafor", "+13035550102")):
        delete(person)
    customer("c001", "Ada Example", "+13035550101")
    erase(spool)
    stored = everything_stored()
    assert [trace for trace in ("Ada", external_id, number) if trace in stored] == []
    assert "Ben Okafor" in stored


def test_calls_from_a_number_of_an_earlier_incarnation_are_stripped(ada: Customer, spool: Spool) -> None:
    call("call-1", customer=ada)
    delete(ada)
    customer("c001", "Ada Example", "+13035550109")
    assert erase(spool).call_ids == ["call-1"]


def test_what_somebody_else_has_by_now_is_not_a_deleted_persons(ada: Customer, spool: Spool) -> None:
    """Ada's id and number are Ben's by now: erasing her by our own id leaves him his calls, and no mark of either."""
    key = delete(ada)
    call("call-1", customer=customer("c001", "Ben Okafor", "+13035550101"))
    call("call-2")
    assert erase(spool, f"id:{key}").call_ids == []
    assert "Ada Example" not in "".join(Version.objects.values_list("serialized_data", flat=True))
    assert tombstones.erasure_of(ids=["c001"], numbers=["+13035550101"]) is None
    assert tombstones.erasure_of(ids=[f"id:{key}"])


def test_who_was_merged_and_restored_stays(ada: Customer, spool: Spool) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550102")
    merge(ada.pk, ben.pk, by=None, at=NOW)
    restore(ben.pk, history.kept_states(ben.pk)[0].revision.pk, by=None, at=NOW)
    call("call-1", customer=ben, number="+13035550102")
    assert erase(spool).call_ids == []
    assert Call.objects.get().customer == ben
    assert history.kept_states(ben.pk)


@pytest.mark.parametrize("public_id", ["c\0", "id:", "id:x", f"id:{'9' * 5000}"], ids=range(4))
def test_ids_that_cannot_be_are_nobodys(ada: Customer, spool: Spool, public_id: str) -> None:
    delete(ada)
    with pytest.raises(NobodyToErase):
        erase(spool, public_id)

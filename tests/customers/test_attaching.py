"""Calls brought to their customer by staff, and the number by which the customer is recognised from then on."""

from typing import Any

import pytest
from django.utils import timezone

from customers import history
from customers.attaching import (
    NotAttachable,
    attach,
    attach_strays,
    may_recognise_by_number,
    other_owners,
    recognise_by_number,
    strays,
)
from customers.models import Call, ContactPoint, Customer
from tests.conftest import customer

pytestmark = pytest.mark.django_db
NEW = "+13035550142"


def call(vapi_id: str = "call-1", **facts: Any) -> Call:
    return Call.objects.create(vapi_id=vapi_id, **{"number": NEW, "type": "inbound"} | facts)


def test_a_call_of_nobody_becomes_somebody_s(ada: Customer) -> None:
    assert attach(call().pk, ada.pk, at=timezone.now()).customer == ada


def test_a_claim_is_confirmed_or_set_right(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    for claimed, owner in ((call("a", customer=ada, claimed=True), ada), (call("b", customer=ada, claimed=True), ben)):
        attached = attach(claimed.pk, owner.pk, at=timezone.now())
        assert (attached.customer, attached.claimed) == (owner, False)


def test_what_is_surely_somebody_s_or_erased_or_of_somebody_gone_stays(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    for stays, owner in (
        (call("a", customer=ada), ben.pk),
        (call("b", erased_at=timezone.now()), ada.pk),
        (call("c"), 10**6),
    ):
        with pytest.raises(NotAttachable):
            attach(stays.pk, owner, at=timezone.now())
        assert Call.objects.get(pk=stays.pk).customer == stays.customer


@pytest.mark.parametrize(("number", "kind"), [(NEW, "phone"), ("sip:ada@example.com", "sip"), ("desk7", "trunk")])
def test_the_number_recognises_the_customer_from_then_on_and_the_history_says_so(
    ada: Customer, number: str, kind: str
) -> None:
    made = call(customer=ada, number=number)
    assert recognise_by_number(made.pk, by=None, at=timezone.now()) == number
    assert ContactPoint.objects.get(value=number).kind == kind
    [entry, _] = history.read_history(ada.pk).entries
    assert (entry.what, entry.differences[0].new) == ("Number of a call added", number)
    assert not may_recognise_by_number(Call.objects.get(pk=made.pk))


@pytest.mark.parametrize("facts", [{"claimed": True}, {"number": ""}, {"number": "+13035550101"}, {"customer": None}])
def test_nobody_is_recognised_by_a_claim_or_without_a_new_number(ada: Customer, facts: dict[str, Any]) -> None:
    made = call(**{"customer": ada} | facts)
    with pytest.raises(NotAttachable):
        recognise_by_number(made.pk, by=None, at=timezone.now())
    assert ContactPoint.objects.count() == 1


def test_with_whom_a_number_would_be_shared_is_known(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor", NEW)
    assert other_owners(call(customer=ada)) == [ben]


def test_calls_of_nobody_from_a_customer_s_own_number_are_brought_in(ada: Customer) -> None:
    ContactPoint.objects.create(customer=ada, value="+13035550115")
    customer("c002", "Leo Larsen", "+13035550115")
    mine = call("mine", number="+13035550101")
    call("shared", number="+13035550115")
    call("elsewhere")
    call("erased", number="+13035550101", erased_at=timezone.now())
    call("browser", number="+13035550101", type="web")
    assert list(strays(ada.pk)) == [mine]
    assert attach_strays(ada.pk, at=timezone.now()) == 1
    assert list(Call.objects.filter(customer=ada)) == [mine]

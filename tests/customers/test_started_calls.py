"""The calls that we begin: what was decided for them reaches their record, and is forgotten in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers import retention
from customers.call_news import CallNews
from customers.models import Call, Customer, StartedCall
from customers.reports import record
from customers.started_calls import KEPT, forget_old
from tests.conftest import customer

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NUMBER = "0123456789abcdef" * 2


def begun(customer: Customer, **facts: Any) -> StartedCall:
    decided = {"line": "Support", "reason": "rule:Gold", "rule": "Gold", "variant": "VIP desk", "version": 7}
    return StartedCall.objects.create(
        type="web", decision_id=NUMBER, customer=customer, created_at=NOON, due_at=NOON, **decided, **facts
    )


def told(decision_id: str, vapi_id: str = "call-1", **more: Any) -> CallNews:
    """What a message says whose signed decision id was found to be ours; an unsigned one never gets this far."""
    facts: dict[str, Any] = {"type": "web", "customer_id": "c001", "proven": True} | more
    return CallNews(vapi_id=vapi_id, told_at=NOON, decision_id=decision_id, **facts)


def test_a_call_that_we_began_knows_what_was_decided(ada: Customer) -> None:
    begun(ada)
    record(told(NUMBER))
    call = Call.objects.get()
    assert (call.decision_id, call.decided_at) == (NUMBER, NOON)
    assert (call.line, call.reason, call.rule, call.variant, call.version) == (
        "Support", "rule:Gold", "Gold", "VIP desk", 7
    )  # fmt: skip


@pytest.mark.parametrize("told_id", ["c001", "c(1)"])
def test_it_is_of_whom_we_began_it_for_whoever_has_the_told_id_by_now(ada: Customer, told_id: str) -> None:
    begun(ada)
    Customer.objects.update(external_id="c{1}")
    customer("c001", "Ben Okafor")
    record(told(NUMBER, customer_id=told_id))
    assert (Call.objects.get().customer, Call.objects.get().claimed) == (ada, False)


@pytest.mark.parametrize("decision_id", ["", "f" * 32])
def test_another_id_tells_nothing(ada: Customer, decision_id: str) -> None:
    begun(ada)
    record(told(decision_id))
    assert Call.objects.get().reason == ""


def test_what_stands_in_the_record_already_stays(ada: Customer) -> None:
    begun(ada)
    Call.objects.create(vapi_id="call-1", reason="pin", variant="Front desk", decided_at=NOON)
    record(told(NUMBER))
    assert Call.objects.get().variant == "Front desk"


def test_erasing_the_customer_takes_them_along(ada: Customer) -> None:
    begun(ada)
    ada.delete()
    assert not StartedCall.objects.exists()


def test_they_are_forgotten_when_nobody_asks_any_more(ada: Customer) -> None:
    begun(ada)
    assert forget_old(at=NOON + KEPT) == 0
    list(retention.prune(at=NOON + KEPT + timedelta(seconds=1), dry_run=True))
    assert StartedCall.objects.exists()
    list(retention.prune(at=NOON + KEPT + timedelta(seconds=1)))
    assert not StartedCall.objects.exists()


def test_what_we_begin_is_good_for_one_call_only(ada: Customer) -> None:
    begun(ada)
    for vapi_id in ("call-1", "call-2", "call-1"):
        record(told(NUMBER, vapi_id))
    assert list(Call.objects.order_by("vapi_id").values_list("claimed", "reason")) == [(False, "rule:Gold"), (True, "")]


def test_a_number_that_a_browser_names_makes_nobody_known(ada: Customer) -> None:
    record(told("", customer_id="", proven=False, number="+13035550101"))
    record(told("", "call-2", type="inbound", customer_id="", proven=False, number="+13035550101"))
    assert list(Call.objects.order_by("vapi_id").values_list("customer", flat=True)) == [None, ada.pk]

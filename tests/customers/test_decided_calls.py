"""What we decided about calls becomes part of their records, whatever else is known by then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.call_news import CallNews
from customers.decided_calls import DecidedCall, from_json, store, to_json
from customers.erasing import erase_customer
from customers.merging import merge
from customers.models import Call, Customer, Erasure
from customers.reports import record
from customers.spool import DECISIONS, Spool
from tests.conftest import customer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, 1, tzinfo=UTC)


def decided(who: Customer | None = None, vapi_id: str = "call-1", **facts: Any) -> DecidedCall:
    values: dict[str, Any] = {"reason": "rule:Gold", "rule": "Gold callers", "variant": "VIP desk", "version": 12}
    told = DecidedCall(vapi_id, AT - timedelta(seconds=1), AT, "inbound", who.pk if who else None, "+13035550101")
    return told._replace(**values | facts)


def test_a_batch_becomes_rows(ada: Customer) -> None:
    store([decided(ada, f"call-{n}", latency_ms=0.4, source="live", line="Support") for n in range(3)])
    call = Call.objects.get(vapi_id="call-2")
    assert (Call.objects.count(), call.customer, call.number, call.type) == (3, ada, "+13035550101", "inbound")
    assert (call.rule, call.variant, call.version, call.source) == ("Gold callers", "VIP desk", 12, "live")
    assert (call.created_at, call.decided_at, call.latency_ms) == (AT - timedelta(seconds=1), AT, 0.4)


def test_of_several_answers_the_latest_counts_in_any_order(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    first, retried = decided(ada), decided(ben, decided_at=AT + timedelta(seconds=1), rule="Retried")
    for batches in ([[first, retried]], [[retried, first]], [[first], [retried]], [[retried], [first], [retried]]):
        Call.objects.all().delete()
        for batch in batches:
            store(batch)
        call = Call.objects.get()
        assert (call.rule, call.customer, call.decided_at) == ("Retried", ben, retried.decided_at)


def test_a_customer_who_was_merged_meanwhile_is_the_one_who_stays(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    told = decided(ben)
    merge(ada.pk, ben.pk, by=None, at=timezone.now())
    store([told])
    assert Call.objects.get().customer == ada


def test_a_customer_who_was_erased_meanwhile_does_not_come_back(ada: Customer, tmp_path: Any) -> None:
    known, unknown, later = decided(ada), decided(None, "call-2"), decided(None, "call-3", created_at=timezone.now())
    erase_customer("c001", spool=Spool(tmp_path), by="sam", at=AT)
    store([known, unknown, later])
    calls = Call.objects.order_by("vapi_id")
    assert [(call.customer, call.number) for call in calls] == [(None, ""), (None, ""), (None, "+13035550101")]
    assert {call.rule for call in calls} == {"Gold callers"}


def test_a_call_that_was_erased_meanwhile_stays_bare(ada: Customer, tmp_path: Any) -> None:
    told = decided(ada)
    store([told])
    erase_customer("c001", spool=Spool(tmp_path), by="sam", at=AT)
    Erasure.objects.all().delete()
    store([told._replace(customer=customer("c002", "Ben Okafor").pk)])
    assert (Call.objects.get().customer, Call.objects.get().number) == (None, "")


def test_a_customer_who_is_gone_leaves_the_call_to_nobody(ada: Customer) -> None:
    told = decided(ada)
    ada.delete()
    store([told])
    assert (Call.objects.get().customer, Call.objects.get().number) == (None, "+13035550101")


def test_what_waits_on_disk_loses_what_is_personal(ada: Customer, tmp_path: Any) -> None:
    spool, ben = Spool(tmp_path), customer("c002", "Ben Okafor")
    theirs = decided(ben, "call-3", number="+13035550102")
    spool.put(to_json([decided(ada), decided(None, "call-2"), theirs]), kind=DECISIONS)
    erase_customer("c001", spool=spool, by="sam", at=AT)
    kept = from_json(spool.waiting()[0].read_bytes())
    assert [(each.customer, each.number) for each in kept] == [(None, ""), (None, ""), (ben.pk, "+13035550102")]
    assert kept[0].rule == "Gold callers"


def test_an_answer_stands_over_every_other_clue_whose_call_it_is(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550102")
    for proven, number in ((True, ""), (False, "+13035550102"), (False, "")):
        clue = CallNews("call-1", AT, number=number, customer_id="c002", proven=proven, decision_id="d" * 32)
        for tell in ([record, store], [store, record]):
            Call.objects.all().delete()
            for each in (*tell, *tell):
                each(clue if each is record else [decided(ada, decision_id="a" * 32)])  # type: ignore[operator]
            assert (Call.objects.get().customer, Call.objects.get().claimed) == (ada, False)
    store([decided(None, "call-2")])
    record(replace(clue, vapi_id="call-2", proven=True))
    assert Call.objects.get(vapi_id="call-2").customer == ben


def test_a_batch_of_another_release_is_read_as_far_as_it_is_understood() -> None:
    told = to_json([decided()]).replace(b'"rule"', b'"colour"')
    assert from_json(told) == [decided(rule="")]
    assert from_json(b"") == []

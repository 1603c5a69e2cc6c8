"""What is remembered of calls is in every copy within two seconds, and out of it as soon."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from customers.call_news import CallNews
from customers.directory import CustomerFacts, find_caller
from customers.erasing import erase_customer
from customers.merging import merge
from customers.models import Call, Customer
from customers.phone_numbers import read_caller
from customers.reports import record
from customers.spool import Spool
from tests.conftest import customer
from tests.followers import bytes_of, in_copy, in_database
from tests.waiting import IN_FORCE_S, eventually

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ADA = "+13035550101"
REPORT = CallNews("call-1", NOON, final=True, status="ended", number=ADA, ended_at=NOON, summary="Asked for a refund.")


def summary(number: str = ADA) -> str | None:
    """The last call's, as the next call knows it; None where nobody is recognised."""
    found = known(number)
    return found.calls.last_summary if found else None


def promise() -> str:
    found = known(ADA)
    return found.calls.last_promise if found else "nobody"


def known(number: str) -> CustomerFacts | None:
    return find_caller(read_caller(numbers=[number], sip_uris=[], region="US")).customer


def after(change: Callable[[], object], *, there_is: str | None, number: str = ADA) -> None:
    change()
    eventually(lambda: summary(number) == there_is, seconds=IN_FORCE_S)
    eventually(lambda: in_copy() == in_database(), seconds=IN_FORCE_S)


def test_a_report_is_remembered_by_the_next_call_until_the_customer_objects(ada: Customer, followed: Path) -> None:
    after(lambda: record(REPORT), there_is="Asked for a refund.")
    record(replace(REPORT, structured_data={"openPromise": "We ring on Monday."}))
    eventually(lambda: promise() == "We ring on Monday.", seconds=IN_FORCE_S)
    after(lambda: Customer.objects.update(remember_calls=False), there_is="")
    assert promise() == ""
    assert b"refund" not in bytes_of(followed)
    assert b"Monday" not in bytes_of(followed)
    after(lambda: Customer.objects.update(remember_calls=True), there_is="Asked for a refund.")
    after(lambda: Call.objects.update(claimed=True), there_is="")
    after(lambda: Call.objects.update(claimed=False), there_is="Asked for a refund.")
    with connection.cursor() as cursor:
        after(lambda: cursor.execute("TRUNCATE customers_call"), there_is="")


def test_calls_move_with_a_merger_and_go_with_an_erasure(ada: Customer, followed: Path, tmp_path: Path) -> None:
    bob = customer("c002", "Bob", "+13035550102")
    record(REPORT)
    after(lambda: merge(bob.pk, ada.pk, by=None, at=NOON), there_is="Asked for a refund.", number="+13035550102")
    spool = Spool(tmp_path / "spool")
    after(lambda: erase_customer("c002", spool=spool, by="the tests", at=NOON), there_is=None)
    eventually(lambda: b"refund" not in bytes_of(followed), seconds=IN_FORCE_S)

"""What is remembered of a customer's calls, and of whose calls nothing is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from customers import directory
from customers.call_news import CallNews
from customers.directory import CustomerFacts, find_caller_in_database
from customers.models import Call, ContactPoint, Customer
from customers.phone_numbers import read_caller
from customers.remembered import MOST_CALLS, NO_HISTORY, CallHistory
from customers.reports import record
from tests.conftest import customer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ADA, BOB = "+13035550101", "+13035550102"


def call(person: Customer | None, vapi_id: str = "call-1", **facts: Any) -> Call:
    """A call that has ended, unless the facts say otherwise."""
    usual = {"number": ADA, "created_at": NOON - timedelta(minutes=5), "ended_at": NOON, "ended_reason": "silence"}
    return Call.objects.create(vapi_id=vapi_id, customer=person, **(usual | facts))


def remembered(number: str = ADA) -> CallHistory:
    found = find_caller_in_database(read_caller(numbers=[number], sip_uris=[], region="US")).customer
    return found.calls if found else NO_HISTORY


def test_of_the_last_call_it_is_known_how_it_ended(ada: Customer) -> None:
    call(ada, "older", created_at=NOON - timedelta(days=2), ended_at=NOON - timedelta(days=2), summary="Old.")
    told: dict[str, Any] = {"summary": "Asked for a refund.", "structured_data": {"openPromise": "A refund by Monday."}}
    call(ada, outcome="hung-up", ended_reason="customer-ended-call", **told)
    began, ended = (NOON - timedelta(minutes=5), NOON - timedelta(days=2)), ("hung-up", "customer-ended-call")
    assert remembered() == CallHistory(began, NOON, *ended, "Asked for a refund.", "A refund by Monday.")


def test_only_so_many_calls_are_counted(ada: Customer) -> None:
    for number in range(MOST_CALLS + 3):
        call(ada, str(number), created_at=NOON - timedelta(hours=number))
    assert remembered().began_at == tuple(NOON - timedelta(hours=number) for number in range(MOST_CALLS))


def test_a_long_summary_is_cut(ada: Customer) -> None:
    call(ada, summary="x" * 10_000)
    assert remembered().last_summary == "x" * 500


@pytest.mark.parametrize(
    ("told", "promise"),
    [
        ({"open_promise": "A refund."}, "A refund."),
        ({"openPromise": " A refund.\n"}, "A refund."),
        ({"openPromise": "x" * 10_000}, "x" * 500),
        ({"openPromise": "No refund before Monday."}, "No refund before Monday."),
        *(({"openPromise": nothing}, "") for nothing in ("", " ", "None.", "no", None, True, 3, ["A"], {"a": "A"})),
        *((no_object, "") for no_object in (None, [], ["openPromise"], "openPromise", 3, {"promise": "A refund."})),
    ],
)
def test_a_promise_is_a_text_that_promises_something(told: Any, promise: str, ada: Customer) -> None:
    call(ada, structured_data=told)
    assert remembered().last_promise == promise


def test_only_the_last_call_s_promise_is_open(ada: Customer) -> None:
    then = NOON - timedelta(days=2)
    call(ada, "older", created_at=then, ended_at=then, structured_data={"openPromise": "A refund."})
    call(ada)
    assert remembered().last_promise == ""


@pytest.mark.parametrize("facts", [{"ended_at": None}, {"claimed": True}])
def test_some_calls_feed_nothing(facts: dict[str, Any], ada: Customer) -> None:
    call(ada, **facts)
    assert remembered() == NO_HISTORY


def test_of_a_customer_who_objects_nothing_is_remembered(ada: Customer) -> None:
    call(ada)
    Customer.objects.update(remember_calls=False)
    assert remembered() == NO_HISTORY


def test_a_call_from_a_number_that_somebody_else_has_too_feeds_nothing(ada: Customer) -> None:
    ContactPoint.objects.create(customer=ada, value=BOB)
    call(ada)
    customer("c002", "Bob", ADA)
    assert remembered(BOB) == NO_HISTORY


def test_on_a_shared_number_the_main_owner_s_other_calls_are_not_disclosed(ada: Customer) -> None:
    ContactPoint.objects.create(customer=ada, value=BOB, is_main_owner=True)
    call(ada)
    customer("c002", "Bob", BOB)
    assert remembered(BOB) == NO_HISTORY
    assert remembered(ADA) != NO_HISTORY


@pytest.mark.parametrize("moment", ["infinity", "200000-01-01", "4713-01-01 BC"])
def test_times_that_only_sql_can_store_cost_the_memory_and_not_the_call(moment: str, ada: Customer) -> None:
    call(ada)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_call SET ended_at = %s", [moment])
        cursor.execute("UPDATE customers_customer SET call_consent_at = %s, call_consent_how = 'by hand'", [moment])
    found = find_caller_in_database(read_caller(numbers=[ADA], sip_uris=[], region="US")).customer
    assert found
    assert (found.name, found.calls, found.agreed_to_calls) == ("Ada Example", NO_HISTORY, None)


def test_a_copy_of_an_older_release_remembers_nothing() -> None:
    older = directory._owner(["id", "name"], (ADA, 1, 7, b'["c001", "Ada"]')).facts
    assert older == CustomerFacts(id="c001", pk=7, name="Ada")


def notes() -> list[list[int]]:
    """Whose changes were noted, statement by statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers FROM customers_copynote ORDER BY xid, ctid")
        return [customers for (customers,) in cursor]


def test_a_call_is_noted_when_it_ends_and_when_it_is_reported(ada: Customer) -> None:
    already = len(notes())
    ringing = CallNews("call-1", NOON, status="ringing", number=ADA)
    ended = replace(ringing, status="ended", ended_at=NOON, ended_reason="silence")
    record(ringing)
    record(replace(ringing, status="in-progress", started_at=NOON))
    assert notes()[already:] == []
    record(ended)
    record(ended)
    assert notes()[already:] == [[ada.pk]]
    record(replace(ended, final=True, summary="Asked for a refund."))
    Call.objects.update(transcript="", cost=1)
    assert notes()[already:] == [[ada.pk], [ada.pk]]
    record(replace(ended, final=True, structured_data={"openPromise": "A refund."}))
    assert notes()[already:] == [[ada.pk]] * 3


def test_whoever_gains_or_loses_a_call_is_noted(ada: Customer) -> None:
    bob = customer("c002", "Bob", BOB)
    already = len(notes())
    call(None, "nobody's")
    call(ada)
    Call.objects.filter(customer=ada).update(customer=bob)
    Call.objects.filter(customer=bob).update(customer=None)
    Call.objects.update(customer=ada)
    Call.objects.all().delete()
    found = [sorted(each) for each in notes()[already:]]
    assert found == [[ada.pk], sorted([ada.pk, bob.pk]), [bob.pk], [ada.pk], [ada.pk]]

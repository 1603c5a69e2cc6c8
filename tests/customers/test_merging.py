"""Two customers made one: numbers, calls and pins move, the old id goes on, both histories stay."""

from datetime import UTC, datetime

import pytest

from assistants.models import AssistantVariant, Pin
from customers import history
from customers.call_news import CallNews
from customers.erasing import erase_customer
from customers.history import read_history
from customers.merging import NotMergeable, merge, plan_merger
from customers.models import Call, ContactPoint, Customer, CustomerAlias
from customers.reports import record
from customers.spool import Spool
from customers.states import present_state
from tests.conftest import customer
from tests.customers.importing_cases import Importer, numbers

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def twin(ada: Customer) -> Customer:
    """Ada once more, as another department wrote her down."""
    return customer(
        "c009", "A. Example", "+13035550101", "+13035550109", tier="silver", email="ada@example.com", tags=["press"]
    )


def merged(ada: Customer, twin: Customer) -> Customer:
    return merge(ada.pk, twin.pk, by=None, at=NOW)


def test_her_own_facts_stand_and_what_she_lacks_is_taken(ada: Customer, twin: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(tags=["vip"], attributes={"plan": "pro"})
    Customer.objects.filter(pk=twin.pk).update(attributes={"plan": "free", "seats": 2}, notes="Calls on Mondays.")
    one = merged(ada, twin)
    assert (one.name, one.tier, one.email, one.tags) == ("Ada Example", "gold", "ada@example.com", ["vip", "press"])
    assert (one.attributes, one.notes) == ({"plan": "pro", "seats": 2}, "Calls on Mondays.")
    assert numbers("c001") == ["+13035550101", "+13035550109"]
    assert Customer.objects.count() == 1


def test_calls_and_pins_move(ada: Customer, twin: Customer, vip_desk: AssistantVariant) -> None:
    Call.objects.create(vapi_id="call-1", customer=twin)
    Pin.objects.create(customer=twin, variant=vip_desk, until=NOW)
    assert plan_merger(ada.pk, twin.pk).moving == ["1 call", "1 pin"]
    merged(ada, twin)
    assert Call.objects.get().customer == Pin.objects.get().customer == ada


def test_the_plan_is_what_happens(ada: Customer, twin: Customer) -> None:
    plan = plan_merger(ada.pk, twin.pk)
    merged(ada, twin)
    assert [(each.label, each.new) for each in plan.differences] == [
        ("email", "ada@example.com"),
        ("tags", "press"),
        ("phone number", "+13035550109"),
    ]


def test_the_old_ids_mean_her_from_then_on(ada: Customer, twin: Customer, imported: Importer) -> None:
    old = twin.public_id, f"id:{twin.pk}"
    merged(ada, twin)
    assert all(Customer.objects.with_public_id(each).get() == ada for each in old)
    assert record(CallNews("call-1", told_at=NOW, customer_id="c009")).customer == ada
    for external_id in old:
        assert imported(f"external_id,tier\n{external_id},tier {external_id}\n").counts == (0, 1, 0, 0)
    assert Customer.objects.get().external_id == "c001"


def test_ids_of_a_row_of_mergers_all_mean_the_last(ada: Customer, twin: Customer) -> None:
    ben = customer("c002", "Ben Okafor")
    merged(ada, twin)
    merge(ben.pk, ada.pk, by=None, at=NOW)
    assert {Customer.objects.with_public_id(each).get() for each in ("c001", "c002", "c009")} == {ben}


def test_who_has_no_external_id_takes_the_other_s(twin: Customer) -> None:
    ben = customer(None, "Ben Okafor")
    assert merge(ben.pk, twin.pk, by=None, at=NOW).external_id == "c009"
    assert Customer.objects.with_public_id("c009").get() == ben


def test_both_histories_are_kept(ada: Customer, twin: Customer) -> None:
    with history.keeping(twin.pk, by=None, at=NOW):
        Customer.objects.filter(pk=twin.pk).update(tier="iron")
    merged(ada, twin)
    assert [entry.what for entry in read_history(ada.pk).entries] == [
        "Merged with A. Example (c009)",
        "First known state",
    ]
    assert [entry.what for entry in read_history(twin.pk).entries] == [
        "Merged into Ada Example (c001)",
        "Changed",
        "First known state",
    ]


def test_a_main_owner_stays_one(ada: Customer, twin: Customer) -> None:
    twin.contact_points.filter(value="+13035550101").update(is_main_owner=True, extension="7")
    merged(ada, twin)
    point = ContactPoint.objects.get(value="+13035550101")
    assert (point.customer, point.is_main_owner, point.extension) == (ada, True, "7")


def test_nobody_is_merged_with_himself_or_with_nobody(ada: Customer) -> None:
    before = present_state(ada.pk)
    for other in (ada.pk, 0):
        with pytest.raises(NotMergeable):
            merge(ada.pk, other, by=None, at=NOW)
    assert present_state(ada.pk) == before


def test_erasing_forgets_the_one_who_was_merged_away_too(
    ada: Customer, twin: Customer, tmp_path: object, imported: Importer
) -> None:
    merged(ada, twin)
    erase_customer("c009", spool=Spool(tmp_path), by="", at=NOW)  # type: ignore[arg-type]
    assert read_history(twin.pk).entries == read_history(ada.pk).entries == []
    assert not CustomerAlias.objects.exists()
    assert imported("external_id\nc009\n").counts == (0, 0, 0, 1)


def test_an_earlier_id_is_nobody_else_s(ada: Customer, twin: Customer) -> None:
    merged(ada, twin)
    other = Customer(external_id="c009", name="Ben Okafor")
    with pytest.raises(Exception, match="c009 is an earlier id of Ada Example"):
        other.full_clean()
    Customer.objects.get(pk=ada.pk).full_clean()


def test_who_was_blocked_stays_blocked(ada: Customer, twin: Customer) -> None:
    Customer.objects.filter(pk=twin.pk).update(blocked=True)
    assert merged(ada, twin).blocked


def test_what_either_objects_to_counts(ada: Customer, twin: Customer) -> None:
    Customer.objects.filter(pk=twin.pk).update(do_not_call=True, remember_calls=False)
    one = merged(ada, twin)
    assert (one.do_not_call, one.remember_calls) == (True, False)


@pytest.mark.parametrize(("whose", "how"), [("c001", "said on the phone"), ("c009", "")])
def test_a_consent_stays_with_whom_it_was_given_for(ada: Customer, twin: Customer, whose: str, how: str) -> None:
    Customer.objects.filter(external_id=whose).update(call_consent_at=NOW, call_consent_how="said on the phone")
    assert merged(ada, twin).call_consent_how == how

"""Calls in the admin: the list, one call, its transcript, a customer's timeline, unknown callers."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone

from customers.erasing import erase_customer
from customers.models import Call, ContactPoint, Customer
from customers.spool import Spool
from tests.admin_forms import save, sentences, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/call/"
SECRET = "My card is in the drawer"


def call(vapi_id: str, **facts: Any) -> Call:
    return Call.objects.create(vapi_id=vapi_id, **{"type": "inbound"} | facts)


def as_role(client: Client, role: str) -> Client:
    kim = User.objects.create_user("kim", is_staff=True)
    kim.groups.add(Group.objects.get(name=role))
    client.force_login(kim)
    return client


def found(client: Client, query: str) -> set[str]:
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    return {each.vapi_id for each in page.context["cl"].result_list}


@pytest.fixture
def calls(ada: Customer) -> None:
    call("adas", customer=ada, number="+13035550101", rule="Gold callers", variant="VIP desk", outcome="hung-up")
    call("claimed", customer=ada, claimed=True, type="web")
    call("unknown", number="+447911123456", line="UK", reason="pin")


@pytest.mark.parametrize(
    ("query", "sentence", "resets"),
    [
        ("", "Nothing here yet.", False),
        ("q=nobody", "Nothing matches: change the search or the filters.", True),
        ("type__exact=web", "Nothing matches: change the search or the filters.", True),
    ],
)
def test_an_empty_list_says_so_plainly(client: Client, query: str, sentence: str, resets: bool) -> None:
    page = signed_in(client).get(f"{LIST}?{query}").content.decode()
    assert sentence in page
    assert ("Reset filters" in page) is resets
    assert "yielded" not in page


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", {"adas", "claimed", "unknown"}),
        ("q=(303) 555-0101", {"adas"}),
        ("q=0044 7911 123456", {"unknown"}),
        ("q=claimed", {"claimed"}),
        ("q=ada example", {"adas", "claimed"}),
        ("q=c001", {"adas", "claimed"}),
        ("q=nobody", set()),
        ("q=%00", {"adas", "claimed", "unknown"}),
        ("rule=Gold callers", {"adas"}),
        ("rule=Long gone", set()),
        ("rule=%00", set()),
        ("line=UK", {"unknown"}),
        ("reason=pin", {"unknown"}),
        ("type__exact=web", {"claimed"}),
        ("outcome=hung-up&variant=VIP desk", {"adas"}),
    ],
)
def test_calls_are_found(client: Client, calls: None, query: str, ids: set[str]) -> None:
    assert found(signed_in(client), query) == ids


def test_a_call_s_page_says_all_but_the_transcript(client: Client, ada: Customer) -> None:
    made = call(
        "call-1",
        customer=ada,
        summary="Asked about an order.",
        transcript=SECRET,
        metadata={"orderId": "42"},
        ended_reason="customer-ended-call",
        outcome="hung-up",
        rule="Gold callers",
        reason="rule:Gold callers",
        duration_s=65,
        number="+13035550101",
    )
    page = as_role(client, "viewer").get(f"{LIST}{made.pk}/change/").content.decode()
    for fact in ("Ada Example", "Gold callers", "customer-ended-call", "the customer hung up", "1:05", "orderId"):
        assert fact in page
    assert "Replay with today" in page
    assert SECRET not in page
    assert "Choose the customer" not in page


def test_who_reads_a_transcript_is_recorded(client: Client, ada: Customer) -> None:
    made = call("call-1", customer=ada, transcript=SECRET)
    as_role(client, "viewer")
    assert client.get(f"{LIST}{made.pk}/transcript/").status_code == 302
    assert not LogEntry.objects.exists()
    page = client.post(f"{LIST}{made.pk}/transcript/").content.decode()
    assert SECRET in page
    [record] = LogEntry.objects.all()
    assert (str(record.user), record.change_message) == ("kim", "Read the transcript.")
    assert "Read the transcript." in client.get(f"{LIST}{made.pk}/change/").content.decode()


def test_erasing_takes_the_records_of_who_read_with_the_rest(client: Client, ada: Customer, tmp_path: Any) -> None:
    made = call("call-1", customer=ada, transcript=SECRET)
    signed_in(client).post(f"{LIST}{made.pk}/transcript/")
    erase_customer("c001", spool=Spool(tmp_path), by="sam", at=timezone.now())
    assert not LogEntry.objects.exists()
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "erased on" in page
    assert "Choose the customer" not in page


def test_an_unknown_caller_is_attached_and_then_recognised(client: Client, ada: Customer) -> None:
    made = call("call-1", number="+447911123456")
    as_role(client, "agent")
    assert "Ada Example" in client.get(f"{LIST}{made.pk}/attach/?q=ada").content.decode()
    answer = client.post(f"{LIST}{made.pk}/attach/", {"customer": ada.pk})
    assert sentences(answer) == "The call is Ada Example's."
    assert "Recognise this number" in client.get(f"{LIST}{made.pk}/change/").content.decode()
    answer = client.post(f"{LIST}{made.pk}/recognise/")
    assert sentences(answer) == "Ada Example is recognised by +447911123456 from now on."
    assert ContactPoint.objects.filter(customer=ada, value="+447911123456").exists()


@pytest.mark.parametrize("chosen", ["", "x", "²", "9999999999999999999999"])
def test_nobody_is_chosen_by_nonsense(client: Client, db: None, chosen: str) -> None:
    made = call("call-1")
    answer = signed_in(client).post(f"{LIST}{made.pk}/attach/", {"customer": chosen})
    assert sentences(answer) == "This customer is not there any more: choose again."


def test_a_claim_is_shown_and_confirmed(client: Client, ada: Customer) -> None:
    made = call("call-1", customer=ada, claimed=True, type="web")
    page = signed_in(client).get(f"{LIST}{made.pk}/change/").content.decode()
    assert "without our signature" in page
    client.post(f"{LIST}{made.pk}/attach/", {"customer": ada.pk})
    assert not Call.objects.get().claimed


def test_viewers_change_nothing(client: Client, ada: Customer) -> None:
    made = call("call-1")
    as_role(client, "viewer")
    assert client.get(f"{LIST}{made.pk}/attach/").status_code == 403
    assert client.post(f"{LIST}{made.pk}/attach/", {"customer": ada.pk}).status_code == 403
    assert client.post(f"{LIST}{made.pk}/recognise/").status_code == 403
    assert client.post(f"/admin/customers/customer/{ada.pk}/calls/bring-in/").status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999"])
def test_a_call_that_is_not_there_is_not_found(client: Client, db: None, pk: str) -> None:
    assert signed_in(client).get(f"{LIST}{pk}/change/").status_code == 404


def test_a_customer_s_page_shows_the_latest_calls_and_leads_to_the_older(client: Client, ada: Customer) -> None:
    now = timezone.now()
    for number in range(32):
        call(f"call-{number}", customer=ada, summary=f"Talk {number}.", created_at=now - timedelta(hours=number // 3))
    signed_in(client)
    page = client.get(f"/admin/customers/customer/{ada.pk}/change/")
    shown = list(page.context["timeline"].calls)
    older = page.context["timeline"].older
    while older:
        page = client.get(f"/admin/customers/customer/{ada.pk}/calls/", {"before": older})
        shown += page.context["timeline"].calls
        older = page.context["timeline"].older
    assert shown == list(Call.objects.all())
    assert "Talk 31." in page.content.decode()


def test_a_place_that_nobody_gave_out_is_the_beginning(client: Client, ada: Customer) -> None:
    call("call-1", customer=ada)
    for before in ("x", "2026-01-01_1", "_", "2026-01-01T00:00:00Z_-1"):
        page = signed_in(client) if before == "x" else client
        answer = page.get(f"/admin/customers/customer/{ada.pk}/calls/", {"before": before})
        assert len(answer.context["timeline"].calls) == 1


def test_unknown_callers_who_call_often_become_customers(client: Client, ada: Customer) -> None:
    for number, who in enumerate(["+447911123456"] * 3 + ["+13035550142"] * 2 + ["+13035550143", "", ""]):
        call(f"call-{number}", number=who)
    call("known-1", customer=ada, number="+13035550101")
    signed_in(client)
    page = client.get(f"{LIST}unknown/")
    assert [(each.number, each.calls) for each in page.context["callers"]] == [
        ("+447911123456", 3),
        ("+13035550142", 2),
    ]
    add = "/admin/customers/customer/add/?number=%2B447911123456"
    assert add in page.content.decode()
    save(client, add, {"name": "Ben Okafor"})
    ben = Customer.objects.get(name="Ben Okafor")
    assert [point.value for point in ben.contact_points.all()] == ["+447911123456"]
    assert client.get(f"/admin/customers/customer/{ben.pk}/change/").context["strays"] == 3
    answer = client.post(f"/admin/customers/customer/{ben.pk}/calls/bring-in/")
    assert sentences(answer) == "3 earlier calls of Ben Okafor listed here now."
    assert ben.calls.count() == 3


def test_who_may_not_see_calls_sees_none_at_the_customer(client: Client, ada: Customer) -> None:
    call("call-1", customer=ada, summary=SECRET)
    kim = User.objects.create_user("kim", is_staff=True)
    kim.user_permissions.add(Permission.objects.get(codename="view_customer"))
    client.force_login(kim)
    assert SECRET not in client.get(f"/admin/customers/customer/{ada.pk}/change/").content.decode()
    assert client.get(f"/admin/customers/customer/{ada.pk}/calls/").status_code == 403
    assert client.get(LIST).status_code == 403

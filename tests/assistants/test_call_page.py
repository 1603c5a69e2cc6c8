"""The admin's page that has a customer called, and the one for its limits."""

import re
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from assistants.admin.call_page import address
from assistants.models import AssistantVariant, Line, OutboundPolicy
from assistants.vapi_schema_file import written_schema
from customers.models import Customer, StartedCall
from tests.admin_forms import mistakes, save, sentences, signed_in
from tests.conftest import rule
from tests.vapi_fake import FakeVapi

DISABLED = re.compile(r'<button [^>]*disabled="[^>]*>\s*Call\s')
POLICY = "/admin/assistants/outboundpolicy/1/change/"


@pytest.fixture
def line(support_line: Line, vapi: FakeVapi) -> Line:
    """At Vapi; and no hour is quiet."""
    written_schema()
    support_line.vapi_id = vapi.add("phone-number", id="pn-support", provider="vapi")["id"]
    support_line.save()
    OutboundPolicy.objects.create(pk=1, quiet_from=time(8), quiet_until=time(8))
    return support_line


@pytest.fixture
def grace(ada: Customer) -> Customer:
    """A customer who agreed to be called."""
    Customer.objects.update(call_consent_at=timezone.now() - timedelta(days=1), call_consent_how="on the phone")
    return ada


def press_call(client: Client, customer: Customer, **changes: Any) -> Any:
    chosen = {"phone": "+13035550101", "line": "Support", "variant": "", "key": str(uuid4())}
    return client.post(address(customer.pk), chosen | changes)


def test_an_agent_has_a_customer_called(
    client: Client, grace: Customer, line: Line, vip_desk: AssistantVariant, vapi: FakeVapi
) -> None:
    alan = User.objects.create(username="alan", is_staff=True)
    alan.groups.add(Group.objects.get(name="agent"))
    client.force_login(alan)
    page = client.get(address(grace.pk)).content.decode()
    assert "on the phone" in page
    assert "<b>Front desk</b> talks (line-fallback)" in page
    assert not DISABLED.search(page)
    called = press_call(client, grace, variant="VIP desk")
    assert sentences(called) == "Vapi calls Ada Example at +13035550101 (call call-0)."
    assert (StartedCall.objects.get().by, vapi.changes()[0].body["assistantId"]) == ("alan", "asst_vip")


def test_two_clicks_are_one_call(client: Client, grace: Customer, line: Line, vapi: FakeVapi) -> None:
    signed_in(client)
    key, vapi.lost_answers = str(uuid4()), 1
    assert "may be calling" in sentences(press_call(client, grace, key=key))
    assert "Vapi calls" in sentences(press_call(client, grace, key=key))
    assert len(vapi.changes()) == 1
    assert "open it anew" in sentences(press_call(client, grace, key=key, variant="Front desk"))


def test_it_says_what_speaks_against_a_call(client: Client, ada: Customer, line: Line, vapi: FakeVapi) -> None:
    signed_in(client)
    assert "<b>Nobody is called now:</b> It is not recorded" in client.get(address(ada.pk)).content.decode()
    assert "It is not recorded" in sentences(press_call(client, ada))
    assert vapi.sent == []


def test_it_says_where_the_rules_answer_with_no_assistant(client: Client, grace: Customer, line: Line) -> None:
    desk = AssistantVariant.objects.create(name="Desk", kind="transfer", transfer_to="+13035550123")
    rule("Gold callers", desk, ("tier", "is", "gold"))
    page = signed_in(client).get(address(grace.pk)).content.decode()
    assert "<b>Nobody is called now:</b> The rules answer this customer with no assistant" in page
    assert "Vapi calls" in sentences(press_call(client, grace, variant="Front desk"))


def test_without_a_line_at_vapi_nothing_can_be_pressed(client: Client, ada: Customer, support_line: Line) -> None:
    page = signed_in(client).get(address(ada.pk)).content.decode()
    assert "<b>Nobody is called now:</b> No published line has an id at Vapi to call from: enter it" in page
    assert DISABLED.search(page)


def test_who_may_not_call_sees_neither_page_nor_link(client: Client, grace: Customer) -> None:
    viewer = User.objects.create(username="vera", is_staff=True)
    viewer.groups.add(Group.objects.get(name="viewer"))
    client.force_login(viewer)
    assert client.get(address(grace.pk)).status_code == 403
    assert "Call this customer" not in client.get(f"/admin/customers/customer/{grace.pk}/change/").content.decode()


@pytest.mark.parametrize("customer", ["", "x", "9" * 30, "9" * 5000, "²", "0"])
def test_nobody_is_there(client: Client, db: None, customer: str) -> None:
    assert signed_in(client).get(f"/admin/call/?customer={customer}").status_code == 404


def test_the_limits_are_kept_as_they_are_meant(client: Client, db: None) -> None:
    signed_in(client)
    assert client.get("/admin/assistants/outboundpolicy/")["Location"] == POLICY
    saved = save(client, POLICY, {"weekdays": ["0", "4"], "countries": "us, GB , us"})
    assert "holds from the next call on" in sentences(saved)
    policy = OutboundPolicy.objects.get()
    assert (policy.weekdays, policy.countries) == ([0, 4], ["US", "GB"])
    wrong = save(client, POLICY, {"weekdays": [], "countries": "USA, XX"})
    assert mistakes(wrong).keys() == {"weekdays", "countries"}

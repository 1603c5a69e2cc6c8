"""Calls in a real browser: found, read, brought to their customer, and replayed with today's rules."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from assistants.models import AssistantVariant, Line
from assistants.publishing import publish_draft
from customers.models import Call, Customer
from personalization import demo
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.test_history import picture
from tests.conftest import rule

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light")])
def test_a_call_of_nobody_is_read_attached_recognised_and_replayed(
    staff_visit: Open,
    ada: Customer,
    vip_desk: AssistantVariant,
    support_line: Line,
    size: tuple[int, int],
    scheme: str,
) -> None:
    rule("Gold callers", vip_desk, ("tier", "is", "gold"))
    publish_draft(note="Gold")
    Call.objects.create(
        vapi_id="0f6a3b1e-5a1c-4a57-9d3e-0b2f6d1c7a11",
        type="inbound",
        number="+13035550142",
        line="Support",
        rule="Unknown callers",
        variant="Front desk",
        outcome="hung-up",
        ended_reason="customer-ended-call",
        duration_s=65,
        summary="A caller asked about an order.",
        transcript="AI: Hello!\nUser: It is Ada, from my new telephone.",
        metadata={"orderId": "42"},
        has_recording=True,
    )
    page = staff_visit("/admin/customers/call/", size=size, scheme=scheme)
    picture(page, f"calls-{size[0]}")
    page.get_by_role("row").filter(has_text="+13035550142").get_by_role("link").first.click()
    page.get_by_role("button", name="Read the transcript").click()
    expect(page.get_by_text("from my new telephone")).to_be_visible()
    expect(page.get_by_text("sam: Read the transcript.")).to_be_visible()
    picture(page, f"call-{size[0]}")
    page.get_by_role("link", name="Choose the customer …").click()
    page.get_by_label("Customer", exact=True).fill("ada")
    page.get_by_role("button", name="Find").click()
    picture(page, f"attach-{size[0]}")
    page.get_by_role("button", name="It was this customer").click()
    page.get_by_role("button", name="Recognise this number from now on").click()
    picture(page, f"recognised-{size[0]}")
    expect(page.get_by_text("Ada Example is recognised by +13035550142 from now on.")).to_be_visible()
    page.get_by_role("link", name="Replay with today's rules").click()
    expect(page.get_by_text("rule:Gold callers").first).to_be_visible()
    picture(page, f"replayed-{size[0]}")
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {
        "Read the transcript.",
        "Attached to a customer.",
    }


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")])
def test_the_demo_s_calls_fill_the_pages(staff_visit: Open, size: tuple[int, int], scheme: str) -> None:
    demo.load(at=timezone.now())
    page = staff_visit("/admin/", size=size, scheme=scheme)
    expect(page.get_by_text("came from customers we know")).to_be_visible()
    ada = Customer.objects.get(external_id="demo-01")
    for name, path, words in (
        ("first", "", "Answers by rule or other reason"),
        ("timeline", f"customers/customer/{ada.pk}/change/", "Ada asked when her order would arrive"),
        ("claimed", f"customers/call/{Call.objects.get(claimed=True).pk}/change/", "without our signature"),
        ("unknown", "customers/call/unknown/", "Make a customer"),
        ("results", "results/", "By variant and published version"),
        ("rules", "assistants/routingrule/", "Gold callers"),
        ("all", "customers/call/", "Ada Example"),
    ):
        page.goto(f"/admin/{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        picture(page, f"demo-{name}-{size[0]}")

"""A customer called from the admin, in a real browser."""

from datetime import time

import pytest
from django.utils import timezone

from assistants.models import Line, OutboundPolicy
from assistants.vapi_schema_file import written_schema
from customers.models import Customer
from tests.browser.conftest import PHONE, Open
from tests.browser.test_history import picture
from tests.vapi_fake import FakeVapi

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_customer_is_called(staff_visit: Open, ada: Customer, support_line: Line, vapi: FakeVapi) -> None:
    written_schema()
    Line.objects.update(vapi_id=vapi.add("phone-number", provider="vapi")["id"])
    OutboundPolicy.objects.create(pk=1, quiet_from=time(8), quiet_until=time(8))
    page = staff_visit(f"/admin/customers/customer/{ada.pk}/change/", size=PHONE, scheme="dark")
    page.get_by_role("link", name="Call this customer").click()
    expect(page.get_by_text("Nobody is called now")).to_be_visible()
    picture(page, "call")
    Customer.objects.update(call_consent_at=timezone.now(), call_consent_how="said on the phone")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_text("Vapi calls Ada Example at +13035550101")).to_be_visible()
    picture(page, "called")
    page.goto("/admin/assistants/outboundpolicy/")
    picture(page, "policy")

"""Two customers merged, and one erased, in a real browser."""

import pytest

from customers.models import Call, Customer
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.test_history import CUSTOMERS, picture
from tests.conftest import customer

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WINDOWS = [(WIDE, "light"), (PHONE, "dark")]


def choose(page: Page, action: str) -> None:
    """Ticks all customers and starts an action."""
    for box in page.locator("input.action-select").all():
        box.check()
    page.locator("select[name=action]").select_option(label=action)
    page.get_by_role("button", name="Run").click()


@pytest.mark.parametrize(("size", "scheme"), WINDOWS)
def test_two_are_merged(staff_visit: Open, ada: Customer, size: tuple[int, int], scheme: str) -> None:
    twin = customer("c009", "A. Example", "+13035550109", email="ada@example.com", tags=["press"])
    Call.objects.create(vapi_id="call-1", customer=twin)
    page = staff_visit(CUSTOMERS, size=size, scheme=scheme)
    choose(page, "Merge the two selected customers …")
    expect(page.get_by_text("+13035550109")).to_be_visible()
    picture(page, f"merge-{size[0]}")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("whom c009 means now")).to_be_visible()
    expect(page.locator("[name=contact_points-1-value]")).to_have_value("+13035550109")
    picture(page, f"merged-{size[0]}")


@pytest.mark.parametrize(("size", "scheme"), WINDOWS)
def test_one_is_erased(staff_visit: Open, ada: Customer, size: tuple[int, int], scheme: str) -> None:
    Call.objects.create(vapi_id="0f6a3b1e-5a1c-4a57-9d3e-0b2f6d1c7a11", customer=ada)
    page = staff_visit(CUSTOMERS, size=size, scheme=scheme)
    choose(page, "Erase the selected customers for ever …")
    picture(page, f"erase-{size[0]}")
    page.get_by_role("button", name="Erase for ever").click()
    expect(page.get_by_text("0f6a3b1e")).to_be_visible()
    picture(page, f"erased-{size[0]}")
    page.goto("/admin/customers/erasure/?q=c001")
    expect(page.get_by_role("row").filter(has_text="sam")).to_be_visible()
    picture(page, f"erasures-{size[0]}")

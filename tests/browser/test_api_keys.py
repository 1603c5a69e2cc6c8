"""An API key made in a real browser and shown once; the API's page, with everything from this server."""

import pytest

from customers.models import Customer
from tests.browser.conftest import PHONE, WIDE, Open
from tests.browser.test_history import picture
from tests.personalization.api.conftest import Api

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_a_key_is_made_and_shown_once(staff_visit: Open, ada: Customer, size: tuple[int, int], scheme: str) -> None:
    page = staff_visit("/admin/api/apikey/add/", size=size, scheme=scheme)
    page.get_by_label("Name").fill("CRM")
    page.get_by_label("customers:read").check()
    picture(page, f"key-add-{size[0]}")
    page.get_by_role("button", name="Save", exact=True).click()
    key = page.locator(".new-key").inner_text()
    picture(page, f"key-made-{size[0]}")
    assert Api(key).get().status == 200
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("cell", name="customers:read")).to_be_visible()
    picture(page, f"keys-{size[0]}")
    page.get_by_role("link", name="CRM").click()
    assert key not in page.content()
    picture(page, f"key-{size[0]}")


def test_the_api_s_page_shows_each_address(visit: Open) -> None:
    page = visit("/api/docs/")
    expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    expect(page.locator(".opblock")).to_have_count(12)
    picture(page, "api-docs")

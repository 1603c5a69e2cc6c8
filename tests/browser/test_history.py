"""A customer's history in a real browser: read, restored, and brought back from the deleted."""

import os
from pathlib import Path

import pytest

from customers.models import Customer
from tests.browser.conftest import PHONE, WIDE, Open
from tests.conftest import customer
from tests.customers.importing_cases import Importer

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUSTOMERS = "/admin/customers/customer/"


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_a_mistake_is_found_in_the_history_and_taken_back(
    staff_visit: Open, ada: Customer, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    page = staff_visit(f"{CUSTOMERS}{ada.pk}/change/", size=size, scheme=scheme)
    page.get_by_label("Account type").fill("silver")
    page.locator("[name=contact_points-0-value]").fill("+1 303 555 0109")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    Importer(tmp_path)("external_id,name,language\nc001,Ada Byron,fr\n")
    customer("c002", "Ben Okafor", "+13035550101")

    page.goto(f"{CUSTOMERS}{ada.pk}/change/")
    if size == PHONE:
        page.get_by_text("more_horiz").click()
    page.locator("a[href*='/history/']").filter(visible=True).click()
    expect(page.get_by_role("listitem").filter(has_text="Import of 1.csv")).to_contain_text("Ada Example → Ada Byron")
    picture(page, f"history-{size[0]}")
    page.get_by_role("link", name="Restore this state").last.click()
    expect(page.get_by_text("+13035550101 is also Ben Okafor's by now: it will be shared.")).to_be_visible()
    picture(page, f"restore-{size[0]}")
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_label("Account type")).to_have_value("gold")
    expect(page.locator("[name=contact_points-0-value]")).to_have_value("+13035550101")
    picture(page, f"restored-{size[0]}")


def test_a_deleted_customer_is_brought_back(staff_visit: Open, ada: Customer) -> None:
    page = staff_visit(f"{CUSTOMERS}{ada.pk}/delete/")
    page.get_by_role("button", name="Yes, I’m sure").click()
    page.get_by_role("link", name="Deleted customers").click()
    expect(page.get_by_text("Ada Example deleted by sam")).to_be_visible()
    picture(page, "deleted")
    page.get_by_role("link", name="History", exact=True).click()
    picture(page, "history-deleted")
    page.get_by_role("link", name="Restore this state").first.click()
    picture(page, "restore-deleted")
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("Ada Example")


def test_imports_are_listed(staff_visit: Open, tmp_path: Path) -> None:
    Importer(tmp_path)("external_id,name\nc001,Ada Example\nc002,Ben Okafor\n")
    page = staff_visit("/admin/")
    page.get_by_role("link", name="Imports").first.click()
    picture(page, "imports")
    page.get_by_role("link", name="1.csv").click()
    picture(page, "import")
    page.get_by_role("link", name="as this import left them").click()
    expect(page.get_by_role("link", name="Ben Okafor")).to_be_visible()

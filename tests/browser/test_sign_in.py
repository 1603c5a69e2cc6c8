"""Signing in as staff do it in a browser: setting the second step up, giving its code, and being locked out."""

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.browser.conftest import PHONE, WIDE, Open

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "right horse"


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("Username").fill("sam")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def code() -> str:
    """What the authenticator app shows; as if the last code had been given long ago."""
    TOTPDevice.objects.update(last_t=F("last_t") - 10)
    return f"{totp(TOTPDevice.objects.get().bin_key):06}"


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_second_step_is_set_up_and_given(visit: Open, size: tuple[int, int]) -> None:
    User.objects.create_superuser("sam", password=PASSWORD)
    page = visit("/admin/two-factor/", size=size)
    fill_in(page, PASSWORD)
    picture = page.get_by_alt_text("QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("listitem").locator("code")).to_have_count(10)
    recovery_code = page.get_by_role("listitem").locator("code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.context.clear_cookies()
    page.goto("/admin/customers/customer/")
    fill_in(page, PASSWORD)
    page.get_by_label("Code").fill(code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/customers/customer/")
    page.context.clear_cookies()
    page.goto("/admin/")
    fill_in(page, PASSWORD)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/admin/")
    expect(page.get_by_role("link", name="Customers").first).to_be_visible()


def test_the_page_for_the_second_step_is_found_in_the_account_menu(staff_visit: Open) -> None:
    page = staff_visit("/admin/")
    page.get_by_text("sam").first.click()
    page.get_by_role("link", name="Two-step sign-in").click()
    expect(page.get_by_role("button", name="Turn on")).to_be_visible()

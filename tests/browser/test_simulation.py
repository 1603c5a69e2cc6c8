"""Simulating a call as staff do it: wide and phone-sized, by mouse and by keyboard, with and without scripts."""

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from assistants.models import AssistantVariant, Line
from assistants.publishing import publish_first
from customers.models import Customer
from tests.admin_forms import signed_in
from tests.browser.conftest import PHONE, WIDE, Open
from tests.conftest import rule

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/admin/simulate/"


@pytest.fixture
def story(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> None:
    rule("Silver", vip_desk, ("tier", "is", "silver"))
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_first()


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_a_call_is_simulated_with_the_keyboard(staff_visit: Open, story: None) -> None:
    page = staff_visit(PAGE)
    expect(page.get_by_label("Caller's number or SIP address")).to_be_focused()
    page.keyboard.type("(303) 555-0101")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="“VIP desk” answers")).to_be_visible()
    expect(page.get_by_text("The rule “Gold” is the first that matches")).to_be_visible()
    assert "number=%28303%29+555-0101&line=Support" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_long_json_scrolls_in_its_own_box(staff_visit: Open, story: None, scheme: str) -> None:
    page = staff_visit(f"{PAGE}?number=3035550199&by=both", size=PHONE, scheme=scheme)
    page.get_by_text("Byte for byte").first.click()
    assert width(page) == PHONE[0]
    box = page.get_by_label("The answer, indented").first
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(box).to_be_focused()


def test_a_simulated_time_stays_as_it_was_typed(staff_visit: Open, story: None) -> None:
    page = staff_visit(PAGE)
    page.get_by_label("Caller's number or SIP address").fill("3035550101")
    page.get_by_label("Day and time").fill("2026-06-03T09:00")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_text("Wed 3 Jun 2026, 09:00 in America/Denver")).to_be_visible()
    expect(page.get_by_label("Day and time")).to_have_value("2026-06-03T09:00")


def test_a_mistake_is_explained_beside_it_and_stays_as_typed(staff_visit: Open, story: None) -> None:
    page = staff_visit(PAGE, size=PHONE)
    page.get_by_label("Caller's number or SIP address").fill("??")
    page.get_by_label("SIP headers").fill("hello")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_text("“??” is no telephone number")).to_be_visible()
    expect(page.get_by_text("Line 1, “hello”, is no header")).to_be_visible()
    expect(page.get_by_label("Caller's number or SIP address")).to_have_value("??")


def test_the_exact_bytes_are_copied(staff_visit: Open, story: None) -> None:
    page = staff_visit(f"{PAGE}?number=3035550101")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the exact bytes").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#exact-1").text_content()
    assert copied.startswith('{"assistantId":"asst_vip"')


def test_from_a_customer_to_the_simulation_to_the_rule(staff_visit: Open, story: None, ada: Customer) -> None:
    page = staff_visit(f"/admin/customers/customer/{ada.pk}/change/", size=WIDE)
    page.get_by_role("link", name="+13035550101", exact=True).click()
    page.get_by_role("link", name="Gold", exact=True).click()
    expect(page.get_by_label("Name").first).to_have_value("Gold")


def test_it_works_where_scripts_are_switched_off(
    chromium: Browser, live_server: LiveServer, client: Client, story: None
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    session = signed_in(client).session.session_key or ""
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(PAGE)
    page.get_by_label("Caller's number or SIP address").fill("3035550101")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_role("heading", name="“VIP desk” answers")).to_be_visible()
    expect(page.get_by_role("button", name="Copy the exact bytes")).to_be_hidden()
    context.close()


def test_today_and_after_publishing_stand_side_by_side(
    staff_visit: Open, story: None, front_desk: AssistantVariant
) -> None:
    rule("First", front_desk, priority=1)
    page = staff_visit(PAGE)
    page.get_by_label("Caller's number or SIP address").fill("3035550101")
    page.get_by_label("Decided by").select_option("both")
    page.get_by_role("button", name="Simulate").click()
    left, right = (page.get_by_role("article").nth(position).bounding_box() for position in (0, 1))
    assert left
    assert right
    assert abs(left["y"] - right["y"]) < 2
    assert left["x"] + left["width"] < right["x"]
    expect(page.get_by_role("article").nth(1)).to_contain_text("Draft: callers do not hear this yet")

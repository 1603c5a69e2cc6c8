"""The Publish page counts who would be answered differently, while staff watch."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.urls import reverse_lazy

from assistants.admin import impact_page
from assistants.models import AssistantVariant, Line, RoutingRule, SiteSettings
from assistants.publishing import publish_first
from customers.models import Call, Customer
from tests.browser.conftest import PHONE, WIDE, Open
from tests.conftest import customer, rule

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLISH = reverse_lazy("admin:assistants_publish")


@pytest.fixture
def draft(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> RoutingRule:
    """Published: gold customers get the VIP desk. In the draft, platinum ones, and there are none."""
    customer("c002", "Grace Hopper", "+13035550102", tier="silver")
    for n in range(24):
        customer(f"g{n}", f"Goldie {n}", f"+1303555{2000 + n}", tier="gold")
    SiteSettings.objects.update(fallback=support_line.fallback)
    stored = rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_first()
    stored.conditions.update(value="platinum")
    return stored


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many slices as there are customers, so that there is something to watch."""
    monkeypatch.setattr(impact_page, "_SLICE_S", 0)


def moved(page: Page) -> None:
    expect(page.locator(".impact-summary")).to_have_text("25 of 26 customers would be answered differently.")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_customers_are_listed_and_linked(
    staff_visit: Open, draft: RoutingRule, one_at_a_time: None, size: tuple[int, int]
) -> None:
    page = staff_visit(str(PUBLISH), size=size)
    moved(page)
    cells = page.locator(".impact tbody tr").locator("th, td")
    expect(cells.nth(0)).to_have_text("VIP desk → Front desk")
    expect(cells.nth(1)).to_have_text("25")
    expect(cells.nth(2).get_by_role("link")).to_have_count(20)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Ada Example").click()
    expect(page.get_by_label("Name")).to_have_value("Ada Example")


def test_the_bar_shows_how_far_it_is(staff_visit: Open, draft: RoutingRule, one_at_a_time: None) -> None:
    page = staff_visit("/admin/")
    page.route("**/impact/?*after=*", lambda route: None)  # the second slice never comes
    page.goto(str(PUBLISH))
    bar = page.get_by_role("progressbar", name="Customers asked")
    expect(bar).to_have_js_property("value", 1)
    expect(bar).to_have_js_property("max", 26)
    expect(page.get_by_text("1 of 26 customers asked, 1 answered differently so far")).to_be_visible()


def test_a_draft_that_changes_meanwhile_is_counted_again(
    staff_visit: Open, draft: RoutingRule, one_at_a_time: None
) -> None:
    page = staff_visit("/admin/")

    def change(route: Route) -> None:
        draft.conditions.update(value="silver")
        connection.close()  # the browser's own context has one of its own
        route.continue_()

    page.route("**/impact/?*asked=9&*", change, times=1)
    page.goto(str(PUBLISH))
    expect(page.locator(".impact-summary")).to_have_text("26 of 26 customers would be answered differently.")
    expect(page.locator(".impact tbody td.impact-number")).to_have_text(["25", "1"])


def test_another_moment_is_judged_on_demand(staff_visit: Open, draft: RoutingRule) -> None:
    RoutingRule.objects.update(valid_until="2030-01-01T00:00:00Z")
    draft.conditions.update(value="gold")
    page = staff_visit(str(PUBLISH))
    expect(page.locator(".impact-summary")).to_have_text("0 of 26 customers would be answered differently.")
    page.get_by_label("As if they called on").fill("2031-01-01T12:00")
    page.get_by_role("button", name="Count again").click()
    moved(page)


def test_a_server_that_gives_no_count_is_explained(staff_visit: Open, draft: RoutingRule) -> None:
    page = staff_visit("/admin/")
    page.route("**/impact/?*", lambda route: route.fulfill(content_type="text/html", body="Sign in"))
    page.goto(str(PUBLISH))
    expect(page.locator(".impact-summary")).to_contain_text("reload the page")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_last_calls_are_listed_below(staff_visit: Open, draft: RoutingRule, size: tuple[int, int]) -> None:
    for n, number in enumerate(["+13035550101", "+13035550102", "+13035552003", ""]):
        at = datetime(2026, 11, 20, 12, n, tzinfo=UTC)
        Call.objects.create(vapi_id=str(n), type="inbound", number=number, line="Support", created_at=at)
    page = staff_visit(str(PUBLISH), size=size)
    expect(page.locator(".impact-calls-summary")).to_have_text("2 of the last 4 calls would be answered differently.")
    cells = page.locator(".impact-calls tbody tr").locator("th, td")
    expect(cells.nth(0)).to_have_text("VIP desk → Front desk")
    expect(cells.nth(2)).to_contain_text(re.compile(r"^Goldie 3, 20 Nov 2026, \d\d:02 \S+, SupportAda Example, "))
    expect(page.locator(".impact-calls .impact-basis")).to_contain_text("judged at the moment when it came")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Goldie 3").last.click()
    expect(page.get_by_label("Name")).to_have_value("Goldie 3")

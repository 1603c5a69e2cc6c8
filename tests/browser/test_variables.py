"""Choosing how a variable is spoken, as staff do it: in a real browser, wide and phone-sized."""

import pytest

from assistants.models import AssistantVariant
from tests.browser.conftest import PHONE, WIDE, Open

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VARIANTS = "/admin/assistants/assistantvariant/"


def offered(page: Page, row: int) -> list[str]:
    formats: list[str] = page.locator(f"[name=variables-{row}-format] option").evaluate_all(
        "options => options.filter(option => !option.disabled).map(option => option.value)"
    )
    return formats


def test_a_variable_offers_the_formats_that_fit_its_trait(staff_visit: Open, vip_desk: AssistantVariant) -> None:
    page = staff_visit(f"{VARIANTS}{vip_desk.pk}/change/")
    assert offered(page, 2) == ["plain", "date", "weekday-date", "month"]
    expect(page.locator("[name=variables-2-format_argument]")).to_be_disabled()
    page.locator("[name=variables-2-format]").select_option(label="date: “April 1, 2023”")
    page.locator("[name=variables-2-trait]").select_option("tags")
    assert offered(page, 2) == ["plain", "list"]
    expect(page.locator("[name=variables-2-format]")).to_have_value("plain")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_money_asks_for_its_currency_and_explains_a_wrong_one(
    staff_visit: Open, vip_desk: AssistantVariant, size: tuple[int, int]
) -> None:
    page = staff_visit(f"{VARIANTS}{vip_desk.pk}/change/", size=size)
    row = {name: page.locator(f"[name=variables-2-{name}]") for name in ("trait", "parameter", "format")}
    row["trait"].select_option("attribute_number")
    row["parameter"].fill("balance")
    row["format"].select_option("money")
    currency = page.locator("[name=variables-2-format_argument]")
    expect(currency).to_have_attribute("placeholder", "a currency's three letters, as in USD")
    currency.fill("EUX")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-format_argument", has=currency)).to_contain_text("“EUX” is no currency")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    currency.fill("eur")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    variable = vip_desk.variables.get(name="joinDate")
    assert (variable.format, variable.format_argument) == ("money", "EUR")

"""The admin as staff meet it: in a real browser, wide and phone-sized, by mouse and by keyboard."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from assistants.models import AssistantVariant, Line, RoutingRule
from customers.models import Customer
from personalization import demo
from tests.browser.conftest import PHONE, TABLET, WIDE, Open
from tests.conftest import rule

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUSTOMERS = "/admin/customers/customer/"
VARIANTS = "/admin/assistants/assistantvariant/"
RULES = "/admin/assistants/routingrule/"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_staff_sign_in_and_land_on_the_first_page(visit: Open) -> None:
    User.objects.create_superuser("sam", password="right horse")
    page = visit("/")
    page.get_by_label("Username").fill("sam")
    page.get_by_label("Password").fill("right horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Customers").first).to_be_visible()
    assert page.url.endswith("/admin/")


def test_a_customer_is_found_by_the_number_as_somebody_wrote_it_down(staff_visit: Open, ada: Customer) -> None:
    page = staff_visit(CUSTOMERS)
    page.keyboard.press("/")
    page.keyboard.type("(303) 555-0101")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ada Example").click()
    expect(page.get_by_label("Name")).to_have_value("Ada Example")
    expect(page.locator("[name=contact_points-0-value]")).to_have_value("+13035550101")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_customer_is_added_with_a_number(staff_visit: Open, size: tuple[int, int]) -> None:
    page = staff_visit(f"{CUSTOMERS}add/", size=size)
    page.get_by_label("Name").fill("Grace Hopper")
    page.get_by_text("Add another Number or address").click()
    page.locator("[name=contact_points-0-value]").fill("303 555 0102")
    save(page)
    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert Customer.objects.get(name="Grace Hopper").contact_points.get().value == "+13035550102"


def test_a_wrong_number_is_explained_beside_it_and_stays_as_typed(staff_visit: Open, ada: Customer) -> None:
    page = staff_visit(f"{CUSTOMERS}{ada.pk}/change/")
    number = page.locator("[name=contact_points-0-value]")
    number.fill("12")
    save(page)
    expect(page.locator(".field-value", has=number)).to_contain_text("“12” is not a phone number")
    expect(number).to_have_value("12")


@pytest.mark.parametrize(
    ("kind", "shown", "hidden"),
    [
        ("saved-assistant", ["vapi_id", "overrides"], ["document"]),
        ("whole-assistant", ["document", "overrides"], ["vapi_id"]),
        ("refusal", [], ["vapi_id", "document", "overrides"]),
    ],
)
def test_a_variant_shows_what_its_kind_needs(staff_visit: Open, kind: str, shown: list[str], hidden: list[str]) -> None:
    page = staff_visit(f"{VARIANTS}add/")
    page.get_by_label("Kind").select_option(kind)
    for name in shown:
        expect(page.locator(f"[name={name}]")).to_be_visible()
    for name in hidden:
        expect(page.locator(f"[name={name}]")).to_be_hidden()
    expect(page.locator("#variables-group")).to_be_visible(visible=kind != "refusal")
    expect(page.locator("#refusal_texts-group")).to_be_visible(visible=kind == "refusal")


def test_a_refusal_is_written_with_its_text(staff_visit: Open) -> None:
    page = staff_visit(f"{VARIANTS}add/")
    page.get_by_label("Name").first.fill("Blocked")
    page.get_by_label("Kind").select_option("refusal")
    save(page)
    expect(page.get_by_text("A refusal needs at least one text")).to_be_visible()
    page.get_by_text("Add another Refusal text").click()
    page.locator("[name=refusal_texts-0-text]").fill("We cannot take your call.")
    save(page)
    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert AssistantVariant.objects.get(name="Blocked").refusal_texts.get().text == "We cannot take your call."


def operators(page: Page, row: int) -> list[str]:
    offered: list[str] = page.locator(f"[name=conditions-{row}-operator] option").evaluate_all(
        "options => options.filter(option => option.value && !option.disabled).map(option => option.value)"
    )
    return offered


def test_a_condition_offers_what_fits_its_trait(staff_visit: Open) -> None:
    page = staff_visit(f"{RULES}add/")
    page.get_by_text("Add another Condition").click()
    row = {name: page.locator(f"[name=conditions-0-{name}]") for name in ("trait", "operator", "parameter", "value")}
    assert len(operators(page, 0)) > 15
    row["trait"].select_option("known")
    assert operators(page, 0) == ["yes", "no"]
    expect(row["operator"]).to_have_value("yes")
    expect(row["value"]).to_be_disabled()
    expect(row["parameter"]).to_be_disabled()
    row["trait"].select_option("attribute_number")
    assert "at-least" in operators(page, 0)
    assert "contains" not in operators(page, 0)
    expect(row["value"]).to_be_enabled()
    expect(row["parameter"]).to_have_attribute("placeholder", "the attribute's name")


def test_a_rule_is_made_with_the_keyboard_and_its_mistake_is_explained(
    staff_visit: Open, vip_desk: AssistantVariant
) -> None:
    page = staff_visit(f"{RULES}add/")
    page.get_by_label("Name").first.fill("Loyal")
    page.locator(".field-variant .select2-selection").focus()
    page.keyboard.press("Enter")
    page.locator(".select2-search__field").last.fill("vip")
    expect(page.locator(".select2-results__option--highlighted")).to_have_text("VIP desk")
    page.keyboard.press("Enter")
    page.locator("#conditions-group .add-row").press("Enter")
    page.locator("[name=conditions-0-trait]").select_option("days_since_joining")
    page.locator("[name=conditions-0-operator]").select_option("at-least")
    page.locator("[name=conditions-0-value]").fill("a year")
    page.keyboard.press("Enter")
    expect(page.locator(".field-value").first).to_contain_text("“a year” is not a number")
    page.locator("[name=conditions-0-value]").fill("365")
    save(page)
    expect(page.get_by_text("days since joining is at least 365")).to_be_visible()
    assert RoutingRule.objects.get().variant == vip_desk


def test_rules_are_dragged_into_another_order(staff_visit: Open, vip_desk: AssistantVariant) -> None:
    for number, name in enumerate(("First", "Second", "Third")):
        rule(name, vip_desk, priority=number)
    page = staff_visit(RULES)
    handles = page.locator("#result_list [x-sort\\:handle] span")
    handles.nth(2).drag_to(handles.nth(0), target_position={"x": 5, "y": 2})
    expect(page.locator("#result_list tbody").first).to_contain_text("Third")
    save(page)
    expect(page.get_by_text("changed successfully")).to_be_visible()
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["Third", "First", "Second"]


PAGES = [
    "/admin/",
    *(f"/admin/{model}/" for model in ("customers/customer", "assistants/assistantvariant", "assistants/routingrule")),
    *(f"/admin/{model}/" for model in ("assistants/line", "assistants/sitesettings", "auth/user", "auth/group")),
    *(
        f"/admin/{model}/add/"
        for model in ("customers/customer", "assistants/assistantvariant", "assistants/routingrule")
    ),
    *(f"/admin/{model}/add/" for model in ("assistants/line", "auth/user", "auth/group")),
]


def test_no_page_is_wider_than_the_window(staff_visit: Open) -> None:
    demo.load(at=timezone.now())
    filled = [Customer.objects.first(), AssistantVariant.objects.first(), RoutingRule.objects.first()]
    page = staff_visit("/admin/", size=PHONE)
    for path in [*PAGES, *map(change_path, filled), change_path(Line.objects.first())]:
        page.goto(path)
        for width, height in (PHONE, TABLET, WIDE):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def change_path(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def test_the_admin_is_dark_for_who_prefers_it_dark(staff_visit: Open, ada: Customer) -> None:
    for scheme, is_dark in (("light", False), ("dark", True)):
        page = staff_visit(f"{CUSTOMERS}{ada.pk}/change/", scheme=scheme)
        expect(page.get_by_label("Name")).to_be_visible()
        # A canvas turns whatever notation the theme uses into red, green and blue.
        lightness = page.evaluate(
            """() => {
                const canvas = document.createElement("canvas").getContext("2d");
                canvas.fillStyle = getComputedStyle(document.querySelector("textarea.json")).backgroundColor;
                canvas.fillRect(0, 0, 1, 1);
                return canvas.getImageData(0, 0, 1, 1).data[0];
            }"""
        )
        assert (lightness < 128) == is_dark

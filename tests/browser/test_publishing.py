"""From a change to callers hearing it, and back: as staff do it, in a real browser."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from assistants.models import AssistantVariant, PublishedVersion, RoutingRule
from assistants.publishing import publish_draft
from personalization import demo
from tests.browser.conftest import PHONE, TABLET, WIDE, Open
from tests.conftest import rule

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = "/admin/assistants/routingrule/"
VARIANTS = "/admin/assistants/assistantvariant/"
VERSIONS = "/admin/assistants/publishedversion/"
PUBLISH = "/admin/publish/"


@pytest.fixture
def published(vip_desk: AssistantVariant) -> PublishedVersion:
    """A site on which a rule is published."""
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    return publish_draft(note="Gold callers reach the VIP desk")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def signed_in_as(name: str) -> str:
    """The session of somebody who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return str(client.session.session_key)


def test_a_change_is_seen_published_and_taken_back(staff_visit: Open, published: PublishedVersion) -> None:
    page = staff_visit(RULES)
    page.get_by_role("link", name="Gold").first.click()
    page.locator("[name=conditions-0-value]").fill("platinum")
    press(page, "Save")
    expect(page.get_by_text("Callers hear it once it is published.")).to_be_visible()
    page.get_by_role("link", name="1 unpublished change").click()
    change = page.locator(".change", has_text="Gold")
    expect(change.locator("del")).to_have_text("account type is gold")
    expect(change.locator("ins")).to_have_text("account type is platinum")
    page.get_by_label("Note").fill("Platinum now")
    press(page, "Publish")
    expect(page.get_by_text("Version 2 is published: callers hear it now.")).to_be_visible()
    expect(page.get_by_text("unpublished change")).to_have_count(0)
    page.get_by_role("link", name="Versions").first.click()
    page.get_by_role("link", name="Version 1").click()
    press(page, "Bring back this version")
    expect(page.get_by_text("Version 3 is what version 1 was: callers hear it now.")).to_be_visible()
    assert RoutingRule.objects.get().conditions.get().value == "gold"


def test_a_variant_with_a_typo_is_told_where(staff_visit: Open) -> None:
    page = staff_visit(f"{VARIANTS}add/")
    page.get_by_label("Name").first.fill("Night desk")
    page.get_by_label("Kind").select_option("whole-assistant")
    typo = '{"model": {"provider": "opnai", "model": "gpt-4o"}}'
    page.locator("[name=document]").fill(typo)
    press(page, "Save")
    expect(page.locator(".field-document").first).to_contain_text("model.provider")
    expect(page.locator(".field-document").first).to_contain_text("opnai")
    page.locator("[name=document]").fill(typo.replace("opnai", "openai"))
    press(page, "Save")
    expect(page.get_by_text("was added successfully")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_new_rule_is_saved_and_published_at_once(
    staff_visit: Open, published: PublishedVersion, size: tuple[int, int]
) -> None:
    gold = RoutingRule.objects.get()
    page = staff_visit(f"{RULES}{gold.pk}/change/", size=size)
    page.get_by_label("Name").first.fill("Golden")
    press(page, "Save and publish")
    expect(page.get_by_text("Version 2 is published: callers hear it now.")).to_be_visible()
    assert list(PublishedVersion.objects.get(number=2).document["rules"]) == ["Golden"]


def test_two_people_edit_one_rule_and_neither_is_overwritten_in_silence(
    visit: Open, published: PublishedVersion
) -> None:
    url = f"{RULES}{RoutingRule.objects.get().pk}/change/"
    grace, hugh = (visit(url, session=signed_in_as(name)) for name in ("grace", "hugh"))
    grace.locator("[name=conditions-0-value]").fill("platinum")
    press(grace, "Save")
    expect(grace.get_by_text("was changed successfully")).to_be_visible()
    hugh.get_by_label("Name").first.fill("Golden")
    press(hugh, "Save")
    expect(hugh.get_by_text("was changed after you opened it, by grace")).to_be_visible()
    expect(hugh.get_by_label("Name").first).to_have_value("Golden")
    assert RoutingRule.objects.get().name == "Gold"
    press(hugh, "Save")
    expect(hugh.get_by_text("was changed successfully")).to_be_visible()
    assert RoutingRule.objects.get().name == "Golden"


def test_a_row_that_somebody_removed_meanwhile_stays_removed(visit: Open, published: PublishedVersion) -> None:
    gold = RoutingRule.objects.get()
    hugh = visit(f"{RULES}{gold.pk}/change/", session=signed_in_as("hugh"))
    gold.conditions.all().delete()
    hugh.get_by_label("Name").first.fill("Golden")
    press(hugh, "Save")
    expect(hugh.get_by_text("was changed after you opened it")).to_be_visible()
    press(hugh, "Save")
    expect(hugh.get_by_text("was changed successfully")).to_be_visible()
    assert (RoutingRule.objects.get().name, gold.conditions.count()) == ("Golden", 0)


def test_what_is_published_is_what_was_shown(
    visit: Open, published: PublishedVersion, vip_desk: AssistantVariant
) -> None:
    grace, hugh = (signed_in_as(name) for name in ("grace", "hugh"))
    rule("Silver", vip_desk, ("tier", "is", "silver"))
    shown = visit(PUBLISH, session=grace)
    other = visit(f"{RULES}{RoutingRule.objects.get(name='Silver').pk}/change/", session=hugh)
    other.locator("[name=conditions-0-value]").fill("bronze")
    press(other, "Save")
    expect(other.get_by_text("was changed successfully")).to_be_visible()
    press(shown, "Publish")
    expect(shown.get_by_text("This has changed since you opened the page")).to_be_visible()
    expect(shown.locator("ins", has_text="account type is bronze")).to_be_visible()
    press(shown, "Publish")
    expect(shown.get_by_text("Version 2 is published")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE])
def test_no_page_of_publishing_is_wider_than_the_window(
    staff_visit: Open, published: PublishedVersion, size: tuple[int, int]
) -> None:
    demo.load(at=timezone.now())
    page = staff_visit(PUBLISH, size=size)
    for path in (PUBLISH, VERSIONS, f"{VERSIONS}1/change/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_two_people_save_the_list_of_rules_and_neither_order_is_lost_in_silence(
    visit: Open, published: PublishedVersion, vip_desk: AssistantVariant
) -> None:
    rule("Silver", vip_desk, ("tier", "is", "silver"), priority=200)
    grace, hugh = (visit(RULES, session=signed_in_as(name)) for name in ("grace", "hugh"))
    grace.locator("[name=form-0-priority]").fill("300")
    press(grace, "Save")
    expect(grace.get_by_text("1 rule was changed successfully.")).to_be_visible()
    hugh.locator("[name=form-1-enabled]").click()
    press(hugh, "Save")
    expect(hugh.get_by_text("1 rule was changed successfully.")).to_be_visible()
    assert list(RoutingRule.objects.values_list("name", "enabled", "priority")) == [
        ("Silver", False, 200),
        ("Gold", True, 300),
    ]
    grace.locator("[name=form-1-priority]").fill("5")
    press(grace, "Save")
    hugh.locator("[name=form-1-priority]").fill("7")
    press(hugh, "Save")
    expect(hugh.get_by_text("meanwhile somebody else changed “Gold” (priority 5)")).to_be_visible()
    expect(hugh.locator("[name=form-0-priority]")).to_have_value("5")

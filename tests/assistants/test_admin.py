"""The pages of rules, lines and site settings: what is shown, what is refused, and that a change is in force."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistants.models import AssistantVariant, Condition, Line, RoutingRule, SiteSettings
from customers.models import Customer
from tests.admin_forms import mistakes, save, sentences, signed_in
from tests.assistants.publishing_pages import person
from tests.conftest import call_from, rule

RULES = "/admin/assistants/routingrule/"
LINES = "/admin/assistants/line/"
SITE = "/admin/assistants/sitesettings/1/change/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


# Rules


def test_rules_stand_in_the_order_in_which_they_are_tried_as_sentences(
    staff: Client, vip_desk: AssistantVariant, support_line: Line
) -> None:
    rule("Everybody", vip_desk, priority=20)
    gold = rule(
        "Gold", vip_desk, ("tier", "is", "gold"), ("language", "is", "es"), priority=10, valid_from="2026-03-01T09:00Z"
    )
    gold.lines.add(support_line)
    page = staff.get(RULES)
    shown = [page.context["cl"].model_admin.sentence(each) for each in page.context["cl"].result_list]
    assert shown == ["account type is gold and language is es, on Support, from 1 Mar 2026 09:00 UTC", "always"]


def test_the_list_of_rules_takes_as_many_queries_for_fifty_as_for_one(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    rule("Rule", vip_desk, ("tier", "is", "gold"))
    with CaptureQueriesContext(connection) as for_one:
        staff.get(RULES)
    for number in range(50):
        rule(f"Rule {number}", vip_desk, ("tier", "is", "gold"))
    with CaptureQueriesContext(connection) as for_fifty:
        assert "Rule 49" in staff.get(RULES).content.decode()
    assert len(for_fifty) == len(for_one)


def test_order_and_switches_are_changed_in_the_list(staff: Client, ada: Customer, vip_desk: AssistantVariant) -> None:
    rules = [rule("First", vip_desk, priority=1), rule("Second", vip_desk, priority=2)]
    rows: dict[str, Any] = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    rows |= {f"form-{row}-id": each.pk for row, each in enumerate(rules)}
    rows |= {f"form-{row}-enabled-shown": "True" for row in range(2)}
    staff.post(
        RULES, rows | {"form-0-priority": 1, "form-0-enabled": "on", "form-1-priority": 0, "form-1-enabled": "on"}
    )
    assert call_from("+13035550101").reason == "rule:Second"
    staff.post(RULES, rows | {"form-0-priority": 1, "form-0-enabled": "on", "form-1-priority": 0})
    assert call_from("+13035550101").reason == "rule:First"


@pytest.mark.parametrize(("term", "draggable"), [("", True), ("gold", False)])
def test_only_the_whole_list_can_be_dragged(
    staff: Client, vip_desk: AssistantVariant, term: str, draggable: bool
) -> None:
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    rule("Other", vip_desk)
    assert ("x-sort:handle" in staff.get(RULES, {"q": term}).content.decode()) == draggable
    assert "x-sort:handle" in staff.get(RULES).content.decode()


def test_a_new_rule_is_tried_last(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("First", vip_desk, priority=120)
    save(staff, f"{RULES}add/", {"name": "New", "variant": vip_desk.pk})
    assert RoutingRule.objects.get(name="New").priority == 130


def test_conditions_are_checked_in_their_rows(staff: Client, vip_desk: AssistantVariant) -> None:
    conditions = {"conditions-0-trait": "tier", "conditions-0-operator": "is", "conditions-0-value": "gold"}
    conditions |= {
        "conditions-1-trait": "days_since_joining",
        "conditions-1-operator": "at-least",
        "conditions-1-value": "x",
    }
    page = save(staff, f"{RULES}add/", {"name": "Loyal", "variant": vip_desk.pk} | conditions)
    assert mistakes(page) == {"conditions-1-value": "“x” is not a number: write it as 12 or 12.5."}
    assert not Condition.objects.exists()
    conditions["conditions-1-value"] = "365"
    assert save(staff, f"{RULES}add/", {"name": "Loyal", "variant": vip_desk.pk} | conditions).status_code == 302
    assert [str(each) for each in Condition.objects.all()] == [
        "account type is gold",
        "days since joining is at least 365",
    ]


# Lines and site settings


def test_a_new_line_begins_where_the_installation_stands(staff: Client, settings: Any) -> None:
    settings.DEFAULT_REGION = "GB"
    assert save(staff, f"{LINES}add/", {"name": "UK", "number": "0161 496 0990"}).status_code == 302
    assert Line.objects.values_list("region", "number").get() == ("GB", "+441614960990")


def test_saving_a_line_unchanged_changes_nothing(staff: Client, support_line: Line) -> None:
    before = Line.objects.values().get()
    assert save(staff, f"{LINES}{support_line.pk}/change/", {}).status_code == 302
    assert Line.objects.values().get() == before


def test_the_list_of_lines_takes_as_many_queries_for_twenty_as_for_one(staff: Client, support_line: Line) -> None:
    with CaptureQueriesContext(connection) as for_one:
        staff.get(LINES)
    for number in range(20):
        Line.objects.create(name=f"Line {number}", vapi_id=f"pn_{number}", fallback=support_line.fallback)
    with CaptureQueriesContext(connection) as for_twenty:
        assert "Line 19" in staff.get(LINES).content.decode()
    assert len(for_twenty) == len(for_one)


def test_a_lines_emergency_switch_is_thrown_from_the_list(
    staff: Client, ada: Customer, support_line: Line, vip_desk: AssistantVariant
) -> None:
    rule("Everybody", vip_desk)
    row = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": support_line.pk, "form-0-emergency": "on"}
    staff.post(LINES, row | {"_save": "Save"})
    assert call_from("+13035550101").reason == "emergency"


def test_there_is_one_row_of_site_settings_and_it_stays(staff: Client) -> None:
    assert staff.get("/admin/assistants/sitesettings/").headers["Location"] == SITE
    assert staff.get("/admin/assistants/sitesettings/add/").status_code == 403
    assert staff.post("/admin/assistants/sitesettings/1/delete/", {"post": "yes"}).status_code == 403
    assert SiteSettings.objects.count() == 1


def test_lost_site_settings_are_set_up_again(staff: Client) -> None:
    for _ in range(2):
        SiteSettings.objects.all().delete()
        assert staff.get("/admin/assistants/sitesettings/").headers["Location"].endswith("/add/")
        assert save(staff, "/admin/assistants/sitesettings/add/", {}).status_code == 302
        assert SiteSettings.objects.get().pk == 1


def test_who_may_not_publish_throws_no_emergency_switch(support_line: Line) -> None:
    editor = person("ed", "view_line", "change_line", "view_assistantvariant")
    url = f"{LINES}{support_line.pk}/change/"
    assert save(editor, url, {"name": "Help", "emergency": "on"}).status_code == 302
    rows: dict[str, Any] = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save"}
    editor.post(LINES, rows | {"form-0-id": support_line.pk, "form-0-emergency": "on"})
    assert Line.objects.values_list("name", "emergency").get() == ("Help", False)


def test_the_only_line_of_a_rule_is_kept(staff: Client, vip_desk: AssistantVariant, support_line: Line) -> None:
    sales = Line.objects.create(name="Sales", vapi_id="pn_1")
    for name, lines in (("Here", [support_line]), ("Both", [support_line, sales])):
        rule(name, vip_desk).lines.set(lines)
    page = staff.post(f"{LINES}{support_line.pk}/delete/", {"post": "yes"})
    assert "rule “Here”, which would then hold on every line" in page.content.decode()
    assert "rule “Both”, which" not in page.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [support_line.pk, sales.pk], "post": "yes"}
    assert "rule “Both”, which would then hold on every line" in staff.post(LINES, chosen).content.decode()
    assert Line.objects.count() == 2


def test_the_sites_emergency_switch_says_what_callers_hear_now(staff: Client, support_line: Line) -> None:
    response = save(staff, SITE, {"emergency": "on"})
    assert "every call now gets its line's fallback, else Site fallback" in sentences(response)
    assert call_from("+13035550101").reason == "emergency"


def test_only_refusals_are_offered_to_blocked_customers(staff: Client, vip_desk: AssistantVariant) -> None:
    refusal = AssistantVariant.objects.create(name="Blocked", kind="refusal")
    assert list(mistakes(save(staff, SITE, {"refusal": vip_desk.pk}))) == ["refusal"]
    assert save(staff, SITE, {"refusal": refusal.pk}).status_code == 302


# Everybody's pages


def test_every_page_of_the_sidebar_opens_and_only_permitted_ones_are_offered(
    staff: Client, client: Client, django_user_model: Any
) -> None:
    for group in staff.get("/admin/").context["sidebar_navigation"]:
        for page in group["items"]:
            assert staff.get(page["link"], follow=True).status_code == 200
            assert staff.get(f"{page['link']}add/", follow=True).status_code in {200, 403, 404}
    viewer = django_user_model.objects.create(username="vera", is_staff=True)
    viewer.user_permissions.add(*viewer.user_permissions.model.objects.filter(codename="view_customer"))
    client.force_login(viewer)
    groups = client.get("/admin/").context["sidebar_navigation"]
    assert [page["title"] for group in groups for page in group["items"]] == ["Customers"]

"""Two people who edit one row at once: the later save does not silently overwrite the earlier one."""

from typing import Any

import pytest
from django.test import Client

from assistants.models import AssistantVariant, Line, RoutingRule
from assistants.publishing import publish_first
from tests.admin_forms import mistakes, save, sentences, signed_in
from tests.assistants.publishing_pages import RULES, SITE, person
from tests.conftest import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    publish_first()
    return signed_in(client)


def opened(client: Client, url: str) -> dict[str, str]:
    """What the form's hidden field holds once the form is open."""
    return {"opened_as": client.get(url).context["opened_as"]}


def test_the_later_save_does_not_overwrite_the_earlier_one(staff: Client, vip_desk: AssistantVariant) -> None:
    gold = rule("Gold", vip_desk, ("tier", "is", "gold"))
    url = f"{RULES}{gold.pk}/change/"
    field = opened(staff, url)
    grace = person("grace", "view_routingrule", "change_routingrule", "view_assistantvariant", "view_line")
    save(grace, url, {"priority": 5})
    page = save(staff, url, {"priority": 7, **field})
    complaint = mistakes(page)["__all__"]
    assert "this rule was changed after you opened it, by grace (Changed Priority.)" in complaint
    assert "Priority is stored as: 5." in complaint
    gold.refresh_from_db()
    assert gold.priority == 5
    assert save(staff, url, {"priority": 7, **opened(staff, url)}).status_code == 302


def test_a_condition_that_somebody_else_changed_counts_too(staff: Client, vip_desk: AssistantVariant) -> None:
    gold = rule("Gold", vip_desk, ("tier", "is", "gold"))
    url = f"{RULES}{gold.pk}/change/"
    field = opened(staff, url)
    gold.conditions.update(value="platinum")
    assert "was changed after you opened it, by somebody" in mistakes(save(staff, url, field))["__all__"]


def test_what_somebody_else_did_elsewhere_does_not_disturb(staff: Client, vip_desk: AssistantVariant) -> None:
    field = opened(staff, SITE)
    rule("Gold", vip_desk)
    assert save(staff, SITE, field).status_code == 302


def test_an_emergency_switch_is_not_switched_off_by_a_form_that_was_open(staff: Client, support_line: Line) -> None:
    url = f"/admin/assistants/line/{support_line.pk}/change/"
    field = opened(staff, url)
    Line.objects.update(emergency=True)
    assert "Emergency switch is stored as: True." in mistakes(save(staff, url, {"emergency": "", **field}))["__all__"]


def test_a_list_that_was_open_does_not_switch_off_an_emergency(staff: Client, support_line: Line) -> None:
    other = Line.objects.create(name="Other", vapi_id="pn_1")
    rows: dict[str, Any] = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    rows |= {"form-0-id": other.pk, "form-1-id": support_line.pk, "form-0-emergency": "on"}
    rows |= {"form-0-emergency-shown": "False", "form-1-emergency-shown": "False"}
    assert 'name="form-1-emergency-shown"' in staff.get("/admin/assistants/line/").content.decode()
    Line.objects.filter(pk=support_line.pk).update(emergency=True)
    staff.post("/admin/assistants/line/", rows)
    assert list(Line.objects.values_list("emergency", flat=True)) == [True, True]


def saved_from_list(client: Client, shown: dict[int, int], typed: dict[int, int]) -> Any:
    """Saves the list of rules: by the rule's number, the priorities as it was opened with them and as they are now."""
    rows: dict[str, Any] = {"form-TOTAL_FORMS": len(shown), "form-INITIAL_FORMS": len(shown), "_save": "Save"}
    for position, (number, priority) in enumerate(shown.items()):
        row = f"form-{position}"
        rows |= {f"{row}-id": number, f"{row}-enabled": "on", f"{row}-enabled-shown": "True"}
        rows |= {f"{row}-priority": typed.get(number, priority), f"{row}-priority-shown": priority}
    return client.post(RULES, rows)


def priorities() -> list[int]:
    return list(RoutingRule.objects.order_by("name").values_list("priority", flat=True))


def test_a_list_that_was_open_does_not_take_back_an_order(staff: Client, vip_desk: AssistantVariant) -> None:
    first, second = (rule(name, vip_desk, priority=10 * n) for n, name in enumerate("AB"))
    shown = {first.pk: 0, second.pk: 10}
    RoutingRule.objects.filter(pk=first.pk).update(priority=20)
    assert saved_from_list(staff, shown, {second.pk: 5}).status_code == 302
    assert priorities() == [20, 5]


def test_two_who_order_the_same_rules_at_once_are_told(staff: Client, vip_desk: AssistantVariant) -> None:
    first, second = (rule(name, vip_desk, priority=10 * n) for n, name in enumerate("AB"))
    shown = {first.pk: 0, second.pk: 10}
    RoutingRule.objects.filter(pk=first.pk).update(priority=20)
    page = saved_from_list(staff, shown, {first.pk: 1, second.pk: 0})
    assert "Nothing is saved: meanwhile somebody else changed “A” (priority 20)." in sentences(page)
    assert priorities() == [20, 10]

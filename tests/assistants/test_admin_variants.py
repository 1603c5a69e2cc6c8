"""The pages of variants: what is needed, what is refused, and that a saved change is in force."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistants.models import AssistantVariant, Line, SiteSettings
from customers.models import Customer
from tests.admin_forms import mistakes, save, sentences, signed_in
from tests.conftest import call_from, rule

VARIANTS = "/admin/assistants/assistantvariant/"
RULES = "/admin/assistants/routingrule/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


SAVED: dict[str, Any] = {"name": "Night desk", "kind": "saved-assistant", "vapi_id": "asst_1", "overrides": "{}"}
NAME_VARIABLE = {
    "variables-0-name": "customerName",
    "variables-0-trait": "name",
    "variables-0-format": "plain",
    "variables-0-default": "friend",
    "variables-0-disclosure": "open",
}


def test_a_new_variant_with_its_variables_answers_the_next_call(
    staff: Client, ada: Customer, support_line: Line
) -> None:
    assert save(staff, f"{VARIANTS}add/", SAVED | NAME_VARIABLE).status_code == 302
    variant = AssistantVariant.objects.get(name="Night desk")
    save(staff, f"{RULES}add/", {"name": "Everybody", "variant": variant.pk})
    answer = call_from("+13035550101").json
    assert answer["assistantId"] == "asst_1"
    assert answer["assistantOverrides"]["variableValues"] == {"customerName": "Ada Example"}


def test_a_refusal_needs_a_text(staff: Client) -> None:
    refusal = {"name": "Blocked", "kind": "refusal"}
    assert mistakes(save(staff, f"{VARIANTS}add/", refusal)) == {
        "refusal_texts": "A refusal needs at least one text: add what the caller shall hear."
    }
    text = {"refusal_texts-0-language": "en-us", "refusal_texts-0-text": "We cannot take your call."}
    assert save(staff, f"{VARIANTS}add/", refusal | text).status_code == 302
    variant = AssistantVariant.objects.get(name="Blocked")
    assert str(variant.refusal_texts.get()) == "en-US: We cannot take your call."


def test_a_refusal_keeps_its_last_text(staff: Client) -> None:
    variant = AssistantVariant.objects.create(name="Blocked", kind="refusal")
    variant.refusal_texts.create(language="en", text="No.")
    page = save(staff, f"{VARIANTS}{variant.pk}/change/", {"refusal_texts-0-DELETE": "on"})
    assert list(mistakes(page)) == ["refusal_texts"]


def test_a_text_in_the_same_language_twice_is_refused_at_the_later_row(staff: Client) -> None:
    texts = {"refusal_texts-0-language": "en", "refusal_texts-1-language": "EN"}
    texts |= {"refusal_texts-0-text": "No.", "refusal_texts-1-text": "Nope."}
    page = save(staff, f"{VARIANTS}add/", {"name": "Blocked", "kind": "refusal"} | texts)
    assert mistakes(page) == {"refusal_texts-1-language": "There is a text in this language already."}


def test_a_variable_of_the_same_name_twice_is_refused_at_the_later_row(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    row = {name.replace("-0-", "-3-"): value for name, value in NAME_VARIABLE.items()}
    page = save(staff, f"{VARIANTS}{vip_desk.pk}/change/", row)
    assert mistakes(page) == {"variables-3-name": "This variant has a variable of this name already."}


@pytest.mark.parametrize(
    ("overrides", "warned"),
    [
        ('{"firstMessage": "Hi {{customerName}}, it is {{now}}"}', False),
        ('{"firstMessage": "Hi {{nickname | upcase}}"}', True),
        ('{"firstMessage": "Hi {{nickname}}", "variableValues": {"nickname": "you"}}', False),
    ],
)
def test_a_name_that_nothing_fills_is_a_warning_not_an_error(staff: Client, overrides: str, warned: bool) -> None:
    response = save(staff, f"{VARIANTS}add/", SAVED | NAME_VARIABLE | {"overrides": overrides})
    assert response.status_code == 302
    assert ("Nothing fills {{nickname}}" in sentences(response)) == warned


def test_what_vapi_does_not_know_is_a_warning_when_it_is_saved(staff: Client) -> None:
    response = save(staff, f"{VARIANTS}add/", SAVED | {"overrides": '{"frstMessage": "Hi"}'})
    assert "In the overrides, “frstMessage” is not known to Vapi (did you mean firstMessage?)" in sentences(response)


def test_the_list_says_who_uses_a_variant_with_one_query(
    staff: Client, support_line: Line, front_desk: AssistantVariant
) -> None:
    rule("Gold callers", front_desk)
    SiteSettings.objects.update(fallback=front_desk)
    staff.get(VARIANTS)  # so that what waits to be published is counted already
    with CaptureQueriesContext(connection) as queries:
        page = staff.get(VARIANTS)
    users = page.context["cl"].model_admin.used_by(page.context["cl"].queryset.get(name="Front desk"))
    assert users == "rule “Gold callers”, line “Support”, site settings"
    assert len([query for query in queries if 'FROM "assistants_assistantvariant"' in query["sql"]]) <= 3


def test_a_variant_in_use_is_not_deleted_and_says_who_uses_it(staff: Client, vip_desk: AssistantVariant) -> None:
    gold = rule("Gold callers", vip_desk)
    response = staff.post(f"{VARIANTS}{vip_desk.pk}/delete/", {"post": "yes"})
    assert sentences(response) == "“VIP desk” is still used by rule “Gold callers”: choose another variant there first."
    assert AssistantVariant.objects.filter(pk=vip_desk.pk).exists()
    gold.delete()
    staff.post(f"{VARIANTS}{vip_desk.pk}/delete/", {"post": "yes"})
    assert not AssistantVariant.objects.filter(pk=vip_desk.pk).exists()


def test_the_list_does_not_delete_a_variant_in_use_either(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold callers", vip_desk)
    chosen = {"action": "delete_selected", "_selected_action": [vip_desk.pk], "post": "yes"}
    assert "Gold callers" in staff.post(VARIANTS, chosen).content.decode()
    assert AssistantVariant.objects.filter(pk=vip_desk.pk).exists()

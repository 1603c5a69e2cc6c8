"""What is saved at Vapi is known by name, and who points nowhere is told."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from assistants.models import AssistantVariant, SavedAtVapi
from tests.admin_forms import save, sentences, signed_in
from tests.vapi_fake import Answer, FakeVapi

pytestmark = pytest.mark.django_db

GREETING = {"firstMessage": "Hello {{customerName}}, it is {{now}}. Your plan: {{ plan | upcase }}."}


def sync() -> str:
    """What the command says."""
    said = io.StringIO()
    call_command("sync_assistants", stdout=said, stderr=said)
    return said.getvalue()


def known() -> dict[str, tuple[str, list[str]]]:
    return {each.vapi_id: (each.name, each.variables) for each in SavedAtVapi.objects.all()}


def test_names_and_the_variables_that_we_must_fill(vapi: FakeVapi) -> None:
    vapi.add("assistant", id="asst_1", name="Night desk", **GREETING)
    members = [{"assistantId": "asst_1"}, {"assistant": {"firstMessage": "{{joinDate}}"}}]
    vapi.add("squad", id="sq_1", name="Team", members=members)
    assert sync() == "1 assistant and 1 squad at Vapi: 2 new, 0 gone.\n"
    assert known() == {
        "asst_1": ("Night desk", ["customerName", "plan"]),
        "sq_1": ("Team", ["joinDate", "customerName", "plan"]),
    }


def test_what_is_gone_at_vapi_is_gone_here(vapi: FakeVapi) -> None:
    vapi.add("assistant", id="asst_1", name="Night desk")
    sync()
    vapi.kept["assistant"] = []
    vapi.add("assistant", id="asst_2", name=None)
    assert sync() == "1 assistant and 0 squads at Vapi: 1 new, 1 gone.\n"
    assert known() == {"asst_2": ("", [])}


def test_more_than_a_page(vapi: FakeVapi) -> None:
    for number in range(1001):
        vapi.add("assistant", name=f"Desk {number}")
    assert sync().startswith("1001 assistants")


def test_nothing_is_forgotten_where_vapi_does_not_answer(vapi: FakeVapi) -> None:
    vapi.add("assistant", id="asst_1", name="Night desk")
    sync()
    vapi.next_answers = [Answer(200, []), Answer(401, {})]
    with pytest.raises(CommandError, match="VAPI_API_KEY"):
        sync()
    assert known() == {"asst_1": ("Night desk", [])}


def variant(name: str, kind: str, **facts: Any) -> None:
    AssistantVariant.objects.create(name=name, kind=kind, **facts)


def test_variants_that_point_nowhere_are_named(vapi: FakeVapi) -> None:
    vapi.add("assistant", id="asst_1", name="Night desk")
    variant("Right", "saved-assistant", vapi_id="asst_1")
    variant("Gone", "saved-assistant", vapi_id="asst_9")
    variant("Mixed up", "saved-squad", vapi_id="asst_1")
    variant("Team", "whole-squad", document={"members": [{"assistantId": "asst_8"}, {"assistantId": "asst_1"}]})
    said = sync()
    assert "Variant “Gone”: Vapi has no assistant “asst_9”" in said
    assert "Variant “Mixed up”: “asst_1” is the assistant “Night desk” at Vapi, not the id of a squad." in said
    assert "Variant “Team”: Vapi has no assistant “asst_8”" in said
    assert "Right" not in said
    assert said.count("asst_8") == 1


def test_names_that_a_variant_does_not_fill(vapi: FakeVapi, vip_desk: AssistantVariant) -> None:
    vapi.add("assistant", id="asst_vip", name="VIP", **GREETING)
    assert "Variant “VIP desk”: “VIP” at Vapi says {{plan}}, which nothing here fills" in sync()
    vip_desk.overrides = {"variableValues": {"plan": "gold"}}
    vip_desk.save()
    assert "nothing here fills" not in sync()


@pytest.mark.parametrize(("seen", "warned"), [(True, True), (False, False)])
def test_the_form_warns_of_an_id_that_was_not_seen(vapi: FakeVapi, client: Client, seen: bool, warned: bool) -> None:
    if seen:
        vapi.add("assistant", id="asst_1", name="Night desk")
    sync()
    typed = {"name": "Typo", "kind": "saved-assistant", "vapi_id": "asst_l", "overrides": "{}"}
    page = save(signed_in(client), "/admin/assistants/assistantvariant/add/", typed)
    assert AssistantVariant.objects.filter(name="Typo").exists()
    assert ("Vapi has no assistant “asst_l”" in sentences(page)) == warned


def test_the_form_offers_what_is_saved_by_name(vapi: FakeVapi, client: Client) -> None:
    vapi.add("assistant", id="asst_1", name="Night <desk>")
    sync()
    page = signed_in(client).get("/admin/assistants/assistantvariant/add/").content.decode()
    assert '<option value="asst_1">Night &lt;desk&gt; (assistant)</option>' in page
    assert 'list="vapi_id-at-vapi"' in page
    assert '<datalist id="vapi_id-at-vapi">' in page

"""What staff read of a variant that can be published, and yet is hardly meant so."""

from typing import Any

import pytest

from assistants.checking import check_variant
from assistants.variant_warnings import variant_warnings

NAME = {"customerName": {"trait": "name", "default": "friend"}}
MODEL = {"provider": "openai", "model": "gpt-4o"}


def warnings(kind: str = "whole-assistant", **variant: Any) -> list[str]:
    facts = {"kind": kind, "variables": NAME, **variant}
    assert list(check_variant(facts)) == []
    return list(variant_warnings(facts))


def assistant(greeting: str, **more: Any) -> dict[str, Any]:
    return {"name": "Desk", "firstMessage": greeting, "model": MODEL, **more}


def squad(*members: dict[str, Any], **more: Any) -> list[str]:
    return warnings("whole-squad", document={"members": list(members), **more})


def gap(names: str, where: str = "") -> list[str]:
    return [f"Nothing fills {names}{where}: callers will hear a gap there. Add a variable of that name."]


def test_a_variant_that_is_meant_so_is_not_mentioned() -> None:
    assert warnings(document=assistant("Hello {{customerName}}, it is {{now}} and {{ customer.number }}")) == []


def test_a_name_that_nothing_fills_is_named_with_the_one_that_was_meant() -> None:
    document = assistant("{{customername}} {{customerName}} {{nickname | upcase}}")
    assert warnings(document=document) == gap("{{customername}} (did you mean {{customerName}}?), {{nickname}}")


def test_overrides_use_names_and_fill_them() -> None:
    overrides = {"firstMessage": "Hi {{nickname}} of {{town}}", "variableValues": {"nickname": "you"}}
    assert warnings("saved-assistant", vapi_id="asst_1", overrides=overrides) == gap("{{town}}")


def test_each_member_of_a_squad_is_looked_at_with_its_own_values() -> None:
    desk = {"assistant": assistant("{{customerName}} {{town}}")}
    billing = {"assistantId": "asst_2", "assistantOverrides": {"firstMessage": "{{town}} {{invoice}}"}}
    filled = {"assistant": assistant("{{street}}"), "assistantOverrides": {"variableValues": {"street": "Main"}}}
    found = squad(desk, billing, filled, membersOverrides={"variableValues": {"town": "Denver"}})
    assert found == gap("{{invoice}}", " in the member “asst_2”")


def test_what_one_member_learns_the_next_one_knows() -> None:
    learned = {"type": "object", "properties": {"orderNumber": {"type": "string"}}}
    plan = {"schema": learned, "aliases": [{"key": "order", "value": "{{orderNumber}}"}]}
    tool = {"type": "apiRequest", "method": "GET", "url": "https://shop.example", "variableExtractionPlan": plan}
    first = {"assistant": assistant("Hello {{customerName}}", model={**MODEL, "tools": [tool]})}
    assert squad(first, {"assistant": assistant("{{order}} {{orderNumber}}")}) == []


def test_a_variable_that_nobody_uses_is_named() -> None:
    [found] = warnings(document=assistant("Hello!"))
    assert (
        found
        == "Nothing uses the variable “customerName”: write {{customerName}} where it shall be heard, or remove it."
    )


@pytest.mark.parametrize(
    "variant",
    [
        {"kind": "saved-assistant", "vapi_id": "asst_1"},
        {"kind": "saved-assistant", "vapi_id": "asst_1", "overrides": {"firstMessage": "Hello"}},
        {"document": assistant("{% if customerName == 'Ada' %}Hello{% endif %}")},
        {"document": assistant("Hello"), "overrides": {"firstMessage": "Hi {{customerName}}"}},
        {"document": assistant("Hello"), "variables": {"customerName": {**NAME["customerName"], "in_metadata": True}}},
        {"document": assistant("Hello", model={**MODEL, "toolIds": ["tool_1"]})},
        {"kind": "whole-squad", "document": {"members": [{"assistantId": "asst_1"}]}},
    ],
)
def test_a_variable_that_may_be_used_is_not_named(variant: dict[str, Any]) -> None:
    assert warnings(**variant) == []


def test_vapi_s_own_names_cannot_be_given_a_value() -> None:
    overrides = {"variableValues": {"customer": "Ada", "town": "Denver"}}
    assert warnings("saved-assistant", vapi_id="asst_1", overrides=overrides) == [
        "Vapi fills {{customer}} itself: choose another name in the overrides' variableValues."
    ]


@pytest.mark.parametrize(
    ("default", "sentence"),
    [
        ("\u200b", "The default of “x” has only characters that nobody hears: callers will hear a gap there."),
        ("{you}", "The default of “x” is said as “(you)”: braces and invisible characters cannot be sent."),
        ("friend", ""),
    ],
)
def test_a_default_must_be_heard_as_it_is_written(default: str, sentence: str) -> None:
    variables = {"x": {"trait": "name", "default": default}}
    found = warnings("saved-assistant", vapi_id="asst_1", variables=variables)
    assert "".join(found) == sentence


def test_a_refusal_has_no_variables() -> None:
    texts = {"en": "Sorry {{customerName}}.", "es": "Lo sentimos."}
    assert warnings("refusal", refusal_texts=texts) == [
        "The text in “en” is said as it stands, with its braces: a refusal has no variables."
    ]


def test_a_transfer_says_nothing() -> None:
    assert warnings("transfer", transfer_to="+13035550123") == []


def test_what_vapi_does_not_know_is_named_with_its_place() -> None:
    document = assistant("{{customerName}}", voicemailDetektion="off")
    [in_json] = warnings(document=document)
    assert in_json.startswith(
        "In the JSON, “voicemailDetektion” is not known to Vapi (did you mean voicemailDetection?)"
    )
    [in_overrides] = warnings("saved-assistant", vapi_id="a", overrides={"model": {**MODEL, "mood": "calm"}})
    assert in_overrides.startswith("In the overrides, model: “mood” is not known to Vapi")

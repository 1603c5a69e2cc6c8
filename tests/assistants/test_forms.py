"""What the forms make of conditions, lines and variables as staff type them."""

import json
from typing import Any

import pytest
from django.forms import modelform_factory

from assistants.forms import ConditionForm, LineForm, RuleForm
from assistants.models import AssistantVariant, Line, Variable
from assistants.operators import OPERATORS
from assistants.speech import FORMATS
from assistants.traits import TRAITS
from assistants.variant_forms import VariableForm, VariantForm

pytestmark = pytest.mark.django_db


def errors(form: Any) -> dict[str, str]:
    """Field → sentences. Forms stand alone here: what belongs to their parent is the pages' test."""
    return {name: " ".join(sentences) for name, sentences in form.errors.items()}


def condition(trait: str, operator: str, value: str = "", parameter: str = "") -> dict[str, str]:
    return errors(ConditionForm({"trait": trait, "operator": operator, "value": value, "parameter": parameter}))


@pytest.mark.parametrize(
    ("trait", "operator", "value", "parameter"),
    [
        ("known", "yes", "", ""),
        ("tier", "is", "gold", ""),
        ("tier", "any-of", "gold, silver", ""),
        ("language", "is", "ES", ""),
        ("language", "starts-with", "e", ""),
        ("country", "any-of", "us, GB", ""),
        ("joined_on", "before", "2024-01-31", ""),
        ("days_since_joining", "between", "0, 30", ""),
        ("tags", "includes-any", "vip, family", ""),
        ("attribute_number", "at-least", "12.5", "seats"),
        ("attribute_flag", "no", "", "beta"),
        ("line_time", "between", "18:00, 8:00", ""),
        ("line_weekday", "any-of", "Mon-Fri", ""),
        ("email", "not-set", "", ""),
        ("line", "any-of", "support, SALES", ""),
        ("line", "starts-with", "Sup", ""),
    ],
)
def test_conditions_that_can_hold_are_taken(trait: str, operator: str, value: str, parameter: str) -> None:
    Line.objects.bulk_create([Line(name="Support", vapi_id="1"), Line(name="Sales", vapi_id="2")])
    assert condition(trait, operator, value, parameter) == {}


@pytest.mark.parametrize(
    ("trait", "operator", "value", "parameter", "field", "sentence"),
    [
        ("days_since_joining", "contains", "3", "", "operator", "“contains” does not fit a number: use one of “is”"),
        ("known", "is", "yes", "", "operator", "use one of “yes”, “no”"),
        ("tier", "yes", "", "", "operator", "does not fit a text"),
        ("days_since_joining", "at-least", "many", "", "value", "“many” is not a number"),
        ("joined_on", "before", "31.1.2024", "", "value", "write it as 2026-03-31"),
        (
            "line_time",
            "between",
            "18:00",
            "",
            "value",
            "two values, from and to, separated by a comma, as in “09:00, 17:00”",
        ),
        ("joined_on", "between", "2026", "", "value", "as in “2026-12-24, 2027-01-06”"),
        ("line_weekday", "any-of", "Funday", "", "value", "is not a weekday"),
        ("known", "yes", "really", "", "value", "takes no value"),
        ("tier", "is", "", "", "value", "takes one value"),
        ("language", "is", "en-US", "", "value", "“en-US” never matches"),
        ("country", "any-of", "US, UK", "", "value", "“UK” never matches"),
        ("attribute", "is", "pro", "", "parameter", "Write the attribute's name"),
        ("tier", "is", "gold", "plan", "parameter", "takes no name"),
        ("aura", "is", "gold", "", "trait", "not one of the available choices"),
        ("calls_in_days", "at-least", "3", "many", "parameter", "“many” is not a number of days"),
        ("calls_in_days", "at-least", "51", "7", "value", "only the last 50 calls are counted"),
        ("tier", "resembles", "gold", "", "operator", "not one of the available choices"),
        ("line", "is", "Suport", "", "value", "There is no line “Suport”"),
        ("line", "none-of", "Support, Sales", "", "value", "There is no line “Sales”"),
        ("line_holiday", "yes", "", "US", "parameter", "There is no holiday list “US”"),
    ],
)
def test_a_condition_that_cannot_hold_is_explained_where_it_is_wrong(
    trait: str, operator: str, value: str, parameter: str, field: str, sentence: str
) -> None:
    Line.objects.create(name="Support", vapi_id="1")
    found = condition(trait, operator, value, parameter)
    assert list(found) == [field]
    assert sentence in found[field]


def test_every_trait_has_a_fitting_operator_and_every_misfit_is_refused_at_the_operator() -> None:
    for trait in TRAITS.values():
        fitting = [operator for operator in OPERATORS.values() if trait.type in operator.types]
        assert fitting, trait.key
        for operator in OPERATORS.values():
            found = condition(trait.key, operator.key, "x", "7" if trait.parameter else "")
            assert ("operator" in found) == (operator not in fitting), (trait.key, operator.key)


def test_the_page_knows_which_operators_fit_and_how_many_values_they_take() -> None:
    form = ConditionForm()
    fitting = json.loads(form.fields["trait"].widget.attrs["data-traits"])
    assert fitting["known"] == {"parameter": "", "operators": ["yes", "no"], "formats": ["plain", "yes-no"]}
    assert fitting["attribute"]["parameter"] == "the attribute's name"
    assert json.loads(form.fields["operator"].widget.attrs["data-takes"])["yes"] == "no value"


def line(**typed: str) -> Any:
    return LineForm({"name": "Support", "region": "US", "timezone": "America/Denver"} | typed)


@pytest.mark.parametrize(
    ("number", "region", "kept"),
    [
        ("+13035550190", "US", "+13035550190"),
        ("(303) 555-0190", "us", "+13035550190"),
        ("0161 496 0990", "GB", "+441614960990"),
        ("0044 161 496 0990", "US", "+441614960990"),
        ("tel:+1-303-555-0190", "GB", "+13035550190"),
    ],
)
def test_a_lines_number_may_be_typed_in_any_spelling(number: str, region: str, kept: str) -> None:
    form = line(number=number, region=region)
    assert errors(form) == {}
    assert (form.cleaned_data["number"], form.cleaned_data["region"]) == (kept, region.upper())


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"number": "12"}, "number", "“12” is not a phone number"),
        ({"number": "+13035550190", "region": "UK"}, "region", "“UK” is no country's code"),
        ({"number": "303 555 0190", "region": "UK"}, "region", "GB for Britain"),
        ({"number": "+13035550190", "timezone": "MST"}, "timezone", "is not a time zone"),
        ({"sip_uri": "sip:desk"}, "sip_uri", "is not a SIP address"),
        ({}, "number", "A line needs its number"),
    ],
)  # fmt: skip
def test_a_lines_mistake_is_explained_at_its_field(typed: dict[str, str], field: str, sentence: str) -> None:
    found = errors(line(**typed))
    assert list(found) == [field]
    assert sentence in found[field]


def test_a_lines_sip_address_is_kept_as_calls_bring_it() -> None:
    form = line(sip_uri="Desk@PBX.example;transport=tls", number="", vapi_id="")
    assert errors(form) == {}
    assert form.cleaned_data["sip_uri"] == "sip:Desk@pbx.example"
    assert form.save().number is None


def test_a_number_belongs_to_one_line() -> None:
    Line.objects.create(name="Sales", number="+13035550190")
    assert errors(line(number="303-555-0190")) == {"number": "Line with this Number already exists."}


def test_a_rules_window_ends_after_it_begins() -> None:
    form = modelform_factory(RuleForm.Meta.model, form=RuleForm, fields=("valid_from", "valid_until"))
    assert errors(form({"valid_from": "2026-01-02", "valid_until": "2026-01-02"})) == {
        "valid_until": "This must be later than “valid from”."
    }
    assert errors(form({"valid_from": "2026-01-01", "valid_until": "2026-01-02"})) == {}


BALANCE = {"trait": "attribute_number", "parameter": "balance", "format": "money"}


def variable(**typed: Any) -> dict[str, str]:
    shown = {"name": "customerName", "trait": "name", "format": "plain", "default": "friend", "disclosure": "open"}
    return errors(VariableForm(shown | typed))


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": "customer"}, "name", "Vapi fills {{customer}} itself"),
        ({"name": "now"}, "name", "choose another name"),
        ({"name": "customer name"}, "name", "Letters, digits and _ only"),
        ({"default": " "}, "default", "required"),
        ({"trait": "attribute"}, "parameter", "Write the attribute's name"),
        ({"parameter": "plan"}, "parameter", "takes no name"),
        ({"trait": "line"}, "trait", "not one of the available choices"),
        ({"format": "date"}, "format", "“date” does not fit a text: use one of “plain”"),
        ({"format": "hologram"}, "format", "not one of the available choices"),
        ({"format_argument": "EUR"}, "format_argument", "“plain” takes no further word"),
        (BALANCE, "format_argument", "Write a currency's three letters"),
        (BALANCE | {"format_argument": "EUX"}, "format_argument", "“EUX” is no currency"),
    ],
)
def test_a_variables_mistake_is_explained_at_its_field(typed: dict[str, str], field: str, sentence: str) -> None:
    assert variable() == {}
    found = variable(**typed)
    assert list(found) == [field]
    assert sentence in found[field]


def test_a_currency_may_be_typed_in_small_letters() -> None:
    assert variable(**BALANCE, format_argument="eur") == {}


def test_each_format_is_offered_with_how_it_will_be_heard() -> None:
    offered = dict(VariableForm().fields["format"].widget.choices)
    assert list(offered) == list(FORMATS)
    assert (offered["plain"], offered["date"]) == ("as it is stored", "date: “April 1, 2023”")


def test_disclosures_are_short_in_the_row_and_whole_in_the_help() -> None:
    field = VariableForm().fields["disclosure"]
    assert field.widget.choices == [("", "usual"), ("open", "open"), ("verified", "verified")]
    assert "only in web calls of signed-in customers" in str(field.help_text)
    assert dict(Variable.Disclosure.choices)["open"] in str(field.help_text)


@pytest.mark.parametrize(
    ("typed", "disclosure"),
    [
        ({"disclosure": ""}, "open"),
        ({"trait": "last_call_summary", "parameter": "30", "disclosure": ""}, "verified"),
        ({"trait": "last_call_summary", "parameter": "30", "disclosure": "open"}, "open"),
        ({"trait": "last_call_promise", "parameter": "30", "disclosure": ""}, "verified"),
    ],
)
def test_a_summary_is_verified_unless_staff_open_it(typed: dict[str, str], disclosure: str) -> None:
    shown = {"name": "lastCall", "trait": "name", "format": "plain", "default": "none"}
    form = VariableForm(shown | typed)
    assert errors(form) == {}
    assert form.cleaned_data["disclosure"] == disclosure


def test_a_variable_that_becomes_the_summary_is_not_open_because_it_was(vip_desk: AssistantVariant) -> None:
    stored = vip_desk.variables.get(name="accountType")
    typed = {"trait": "last_call_summary", "parameter": "30", "disclosure": "open"}
    form = VariableForm({"name": "accountType", "format": "plain", "default": "none"} | typed, instance=stored)
    assert errors(form) == {}
    assert form.cleaned_data["disclosure"] == "verified"


def variant(**typed: str) -> Any:
    return VariantForm({"name": "VIP desk", "kind": "saved-assistant"} | typed)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "vapi_id", "A saved assistant needs its id"),
        ({"vapi_id": "  "}, "vapi_id", "A saved assistant needs its id"),
        ({"kind": "whole-assistant"}, "document", "A whole assistant needs its JSON"),
        ({"kind": "whole-assistant", "document": "{}"}, "document", "A whole assistant needs its JSON"),
        ({"kind": "whole-assistant", "document": "[]"}, "document", "Write a JSON object"),
        ({"kind": "whole-assistant", "document": "{"}, "document", "line 1, column 2"),
        ({"vapi_id": "a", "overrides": '"hello"'}, "overrides", "Write a JSON object"),
        ({"vapi_id": "a", "overrides": '{"variableValues": null}'}, "overrides", "“variableValues” must be an object"),
        ({"vapi_id": "a", "overrides": '{"metadata": []}'}, "overrides", "“metadata” must be an object"),
        ({"vapi_id": "a", "overrides": '{"maxDurationSeconds": 1e999}'}, "overrides", "too large a number"),
        ({"kind": "hologram"}, "kind", "not one of the available choices"),
    ],
)  # fmt: skip
def test_a_variants_mistake_is_explained_at_the_field_that_its_kind_needs(
    typed: dict[str, str], field: str, sentence: str
) -> None:
    found = errors(variant(**typed))
    assert list(found) == [field]
    assert sentence in found[field]


def test_what_a_kind_does_not_use_is_never_in_the_way() -> None:
    form = variant(vapi_id="asst_1", document="{ half a thought")
    assert errors(form) == {}
    assert form.save().document is None

"""Which names of a prompt only our variables can fill."""

from typing import Any

import pytest

from assistants.prompt_names import VAPI_NAMES, names_learned, names_mentioned, names_to_fill


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("Hello {{customerName}}!", ["customerName"]),
        ("{{ a | upcase }} {{-b-}} {{c.d}} {{ a }}", ["a", "b", "c"]),
        ({"firstMessage": "{{x}}", "model": {"messages": [{"content": "{{y}}"}, 3, None]}}, ["x", "y"]),
        ({"{{key}}": "no template"}, []),
        ('{{now}} {{"now" | date: "%H"}} {{customer.number}} {{ 5 }} {{ true }}', []),
        ("{% assign tier = accountType %}{{tier}} {% for tag in tags %}{{ tag }}{{forloop.index}}{% endfor %}", []),
        ("{ {x} } {{}} {{ }} { x }", []),
    ],
)
def test_names_are_read_as_liquid_reads_them(document: Any, names: list[str]) -> None:
    assert names_to_fill(document) == names


def test_vapis_own_names_need_no_variable() -> None:
    assert names_to_fill([f"{{{{{name}}}}}" for name in VAPI_NAMES]) == []


def test_what_vapi_fills_in_some_places_only_is_no_gap_either() -> None:
    assert names_to_fill({"analysisPlan": {"summaryPlan": {"content": "{{systemPrompt}} {{endedReason}}"}}}) == []


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("Hello {{ a | default: b }}, {% if c == 'd' %}{{e}}{% endif %}", set("abcde") | {"default", "if", "endif"}),
        ({"x": ["no {braces} (here)", 3]}, set()),
        ("{% if\na %} {{never closed", {"if", "a", "never", "closed"}),
    ],
)
def test_whatever_stands_in_liquid_is_mentioned(document: Any, names: set[str]) -> None:
    assert names_mentioned(document) == names


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        ({"aliases": [{"key": "city", "value": "{{town}}"}]}, {"city"}),
        ({"schema": {"type": "object", "properties": {"name": {"properties": {"first": {}}}}}}, {"name", "first"}),
        ({"schema": {"type": "array", "title": "zipCodes"}}, {"zipCodes"}),
        ({"schema": None, "aliases": [None, {"key": 3}]}, set()),
    ],
)
def test_what_an_assistant_learns_in_a_call_it_fills_itself(plan: Any, names: set[str]) -> None:
    assert names_learned({"model": {"tools": [{"variableExtractionPlan": plan}]}}) == names

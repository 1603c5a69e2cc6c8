"""Which names of a prompt only our variables can fill."""

from typing import Any

import pytest

from assistants.prompt_names import VAPI_NAMES, names_to_fill


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

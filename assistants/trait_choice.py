"""Choosing a trait in a form: what may stand beside it."""

import json
from typing import Any

from django.forms import ModelForm
from unfold.widgets import UnfoldAdminSelectWidget

from assistants.operators import OPERATORS
from assistants.traits import TRAITS, Trait

# For the page's script (traits.js): which parameter and operators fit each trait, how many values an operator takes.
_FITTING = {
    trait.key: {
        "parameter": trait.parameter,
        "operators": [operator.key for operator in OPERATORS.values() if trait.type in operator.types],
    }
    for trait in TRAITS.values()
}
_TAKES = {operator.key: operator.takes for operator in OPERATORS.values()}

TRAIT_SELECT = UnfoldAdminSelectWidget({"data-traits": json.dumps(_FITTING)})
OPERATOR_SELECT = UnfoldAdminSelectWidget({"data-takes": json.dumps(_TAKES)})


def check_parameter(form: "ModelForm[Any]", trait: Trait) -> None:
    """Puts an error at the form's `parameter` where the trait needs one, or takes none."""
    given = form.cleaned_data.get("parameter", "")
    if trait.parameter and not given:
        form.add_error("parameter", f"Write {trait.parameter}: “{trait.label}” needs it.")
    if given and not trait.parameter:
        form.add_error("parameter", f"“{trait.label}” takes no name: leave this empty.")

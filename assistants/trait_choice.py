"""Choosing a trait in a form: what may stand beside it."""

import json
from typing import Any

from django.forms import ModelForm
from unfold.widgets import UnfoldAdminSelectWidget

from assistants.operators import OPERATORS, InvalidValue
from assistants.speech import FORMATS, PLAIN, Format
from assistants.trait import Trait
from assistants.traits import TRAITS

# For the page's script (traits.js): which parameter, operators and formats fit each trait, how many values an operator
# takes, which further word a format takes.
_FITTING = {
    trait.key: {
        "parameter": trait.parameter,
        "operators": [operator.key for operator in OPERATORS.values() if trait.type in operator.types],
        "formats": [each.key for each in FORMATS.values() if trait.type in each.types],
    }
    for trait in TRAITS.values()
}
_TAKES = {operator.key: operator.takes for operator in OPERATORS.values()}
_ARGUMENTS = {each.key: each.argument for each in FORMATS.values()}

TRAIT_SELECT = UnfoldAdminSelectWidget({"data-traits": json.dumps(_FITTING)})
OPERATOR_SELECT = UnfoldAdminSelectWidget({"data-takes": json.dumps(_TAKES)})
FORMAT_SELECT = UnfoldAdminSelectWidget({"data-arguments": json.dumps(_ARGUMENTS)})


def _heard(chosen: Format) -> str:
    return "as it is stored" if chosen is PLAIN else f"{chosen.label}: “{chosen.example}”"


# Whoever chooses a format sees how it will be heard.
FORMAT_CHOICES = [(chosen.key, _heard(chosen)) for chosen in FORMATS.values()]


def check_parameter(form: "ModelForm[Any]", trait: Trait) -> None:
    """Puts an error at the form's `parameter` where the trait needs one, takes none, or none like this."""
    given = form.cleaned_data.get("parameter", "")
    if trait.parameter and not given:
        form.add_error("parameter", f"Write {trait.parameter}: “{trait.label}” needs it.")
        return
    if given and not trait.parameter:
        form.add_error("parameter", f"“{trait.label}” takes no name: leave this empty.")
        return
    try:
        trait.check_parameter(given)
    except InvalidValue as error:
        form.add_error("parameter", str(error))

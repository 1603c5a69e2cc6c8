"""What staff type to simulate a call, checked where they type it; every input stands in the query string."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from unfold.widgets import (
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from assistants.models import Line
from customers.phone_numbers import read_caller
from personalization.simulation_inputs import InvalidInput, read_headers, read_moment

BEGINS, TRANSFER = "begins", "transfer"
PUBLISHED, DRAFT, BOTH = "published", "draft", "both"
OTHER_LINE = "another (not in this list)"
LINES_ZONE = "the line's own"


class SimulationForm(forms.Form):
    """Who calls which line when, and by which rules the call is decided."""

    number = forms.CharField(
        label="Caller's number or SIP address",
        required=False,
        max_length=300,
        help_text="In any spelling. Leave it empty for a caller who withholds the number.",
        widget=UnfoldAdminTextInputWidget({"placeholder": "+13035550101", "autocomplete": "off"}),
    )
    line = forms.ChoiceField(label="Line that is called", required=False, widget=UnfoldAdminSelectWidget)
    at = forms.CharField(
        label="Day and time",
        required=False,
        help_text="Empty: now.",
        validators=[
            # The box shows no other form.
            RegexValidator(
                r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$",
                "“%(value)s” is not a time: write it as 2026-12-24T20:00, and choose its time zone beside it.",
            )
        ],
        widget=UnfoldAdminTextInputWidget({"type": "datetime-local", "step": "any"}),
    )
    zone = forms.ChoiceField(
        label="Time zone of that time",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Rules see the time that it is on the line.",
    )
    by = forms.ChoiceField(
        label="Decided by",
        choices=[
            (PUBLISHED, "what callers hear today (published)"),
            (DRAFT, "the draft"),
            (BOTH, "both, side by side"),
        ],
        error_messages={"invalid_choice": "“%(value)s” is none of published, draft and both."},
        widget=UnfoldAdminSelectWidget,
    )
    asks = forms.ChoiceField(
        label="What is asked",
        choices=[
            (BEGINS, "who answers, as the call begins"),
            (TRANSFER, "where an assistant transfers it"),
        ],
        error_messages={"invalid_choice": "“%(value)s” is neither begins nor transfer."},
        widget=UnfoldAdminSelectWidget,
    )
    sip_headers = forms.CharField(
        label="SIP headers",
        required=False,
        max_length=10_000,
        strip=False,
        help_text="One a line, as in X-Account: A-7. Only for calls that come by SIP.",
        widget=UnfoldAdminExpandableTextareaWidget({"rows": 2, "placeholder": "X-Account: A-7"}),
    )

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        """With `data` from the query string, where what is missing counts as in an empty form; None: nothing asked."""
        self.lines = {line.name: line for line in Line.objects.all()}
        at_home = (name for name, line in self.lines.items() if line.region == settings.DEFAULT_REGION)
        first = {"line": next(chain(at_home, self.lines), ""), "by": PUBLISHED, "asks": BEGINS}
        super().__init__(None if data is None else {**first, **data}, initial=first)
        zones = {line.timezone for line in self.lines.values()} | {"UTC"}
        self._offer("line", [*((name, name) for name in self.lines), ("", OTHER_LINE)])
        self._offer("zone", [("", LINES_ZONE), *((zone, zone) for zone in sorted(zones))])
        if data is None:
            self.fields["number"].widget.attrs["autofocus"] = True

    def _offer(self, field: str, choices: list[tuple[str, str]]) -> None:
        choice = self.fields[field]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = choices
        choice.error_messages["invalid_choice"] = "There is no “%(value)s”: choose from the list."

    @property
    def line_address(self) -> str:
        """How Vapi would name the chosen line, which the published version may know by another name."""
        line = self.lines.get(self.cleaned_data["line"])
        return (line.number or line.sip_uri or line.vapi_id or "") if line else ""

    def clean_sip_headers(self) -> dict[str, str]:
        """The headers by name."""
        try:
            return read_headers(self.cleaned_data["sip_headers"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Reads the number as dialled in the line's region, and the time in the line's zone or the chosen one."""
        cleaned: dict[str, Any] = super().clean() or {}
        line = self.lines.get(cleaned.get("line", ""))
        number = cleaned.get("number", "")
        caller = read_caller(numbers=[number], sip_uris=[], region=line.region if line else settings.DEFAULT_REGION)
        if not caller.keys and not caller.withheld:
            self.add_error("number", f"“{number}” is no telephone number, no SIP address and no trunk's identity.")
        try:
            zone = cleaned.get("zone") or (line.timezone if line else "UTC")
            cleaned["moment"] = read_moment(cleaned.get("at", ""), zone)
        except InvalidInput as error:
            self.add_error("at", str(error))
        return cleaned

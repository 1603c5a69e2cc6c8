"""What staff type about lines and rules, checked where it is typed."""

import phonenumbers
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from assistants.checking import unknown_names
from assistants.models import Condition, HolidayList, Line, Pin, RoutingRule
from assistants.operators import OPERATORS, InvalidValue, Operator
from assistants.trait import Trait
from assistants.trait_choice import OPERATOR_SELECT, TRAIT_SELECT, check_parameter
from assistants.traits import TRAITS
from customers.phone_numbers import InvalidNumber, parse_number, parse_sip_uri, read_caller


class LineForm(forms.ModelForm):
    """One of our own numbers."""

    number = forms.CharField(
        max_length=60,
        required=False,
        empty_value=None,
        widget=UnfoldAdminTextInputWidget,
        help_text="The number that callers dial, in any spelling.",
    )

    class Meta:
        model = Line
        fields = ("name", "number", "sip_uri", "vapi_id", "region", "timezone", "fallback", "emergency")

    def clean_region(self) -> str:
        """A country that has telephone numbers."""
        region: str = self.cleaned_data["region"].upper()
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValidationError(f"“{region}” is no country's code: write two letters such as US, or GB for Britain.")
        return region

    def clean_sip_uri(self) -> str | None:
        """The address in the form in which calls bring it."""
        text = self.cleaned_data["sip_uri"]
        try:
            return parse_sip_uri(text if ":" in text else f"sip:{text}") if text else None
        except InvalidNumber as error:
            raise ValidationError(f"“{text}” {error}.") from error

    def clean(self) -> None:
        """Brings the number to E.164; without a country code it is read as dialled in the line's region."""
        super().clean()
        text, region = self.cleaned_data.get("number"), self.cleaned_data.get("region", settings.DEFAULT_REGION)
        if text and "number" in self.changed_data:
            try:
                self.cleaned_data["number"] = parse_number(text, region).number
            except InvalidNumber as error:
                self.add_error("number", f"“{text}” {error}: write it with its country code, as in +13035550190.")
        identifiers = ("number", "sip_uri", "vapi_id")
        if not any(self.cleaned_data.get(name) or name in self.errors for name in identifiers):
            self.add_error("number", "A line needs its number, its SIP address or its id at Vapi.")


class RuleForm(forms.ModelForm):
    """A rule without its conditions."""

    class Meta:
        model = RoutingRule
        fields = ("name", "priority", "enabled", "lines", "valid_from", "valid_until", "variant")
        help_texts = {
            "valid_from": "In UTC; empty: at once.",
            "valid_until": "In UTC; empty: for good.",
            "variant": "Who answers; leave it empty to split callers among several variants below. "
            "Transfers also answer assistants that ask in the midst of a call where to transfer it.",
        }

    def clean(self) -> None:
        """A window that ends before it begins would never be open."""
        super().clean()
        start, end = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", "This must be later than “valid from”.")


class ShareFormSet(forms.BaseInlineFormSet):
    """A rule's shares: none where one variant answers, else at least one."""

    def clean(self) -> None:
        """One variant or a split: both would leave open who answers."""
        super().clean()
        shares = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if self.instance.variant_id and shares:
            raise ValidationError("Either choose one variant above, or split callers among several here.")
        if not self.instance.variant_id and not shares:
            raise ValidationError("Choose who answers: one variant above, or several here.")


class PinForm(forms.ModelForm):
    """A customer or a number, and where its calls go."""

    class Meta:
        model = Pin
        fields = ("customer", "number", "variant", "until", "note")
        help_texts = {"until": "In UTC."}

    def clean_number(self) -> str:
        """As a caller with this number or address is looked up."""
        text = self.cleaned_data["number"]
        if not text:
            return ""
        caller = read_caller(numbers=[text], sip_uris=[], region=settings.DEFAULT_REGION)
        if not caller.keys:
            raise ValidationError(f"“{text}” is neither a number nor a SIP address such as sip:ada@example.com.")
        return caller.keys[0]


class ConditionForm(forms.ModelForm):
    """One condition: trait, operator, value."""

    class Meta:
        model = Condition
        fields = ("trait", "parameter", "operator", "value")
        widgets = {"trait": TRAIT_SELECT, "operator": OPERATOR_SELECT}
        help_texts = {"parameter": "For an attribute: its name. For earlier calls: of how many days."}

    def clean(self) -> None:
        """Reads the value as calls will, so that what is wrong is said here."""
        super().clean()
        trait = TRAITS.get(self.cleaned_data.get("trait", ""))
        operator = OPERATORS.get(self.cleaned_data.get("operator", ""))
        if trait:
            check_parameter(self, trait)
        if trait and operator and "value" in self.cleaned_data:
            self._check_value(trait, operator, self.cleaned_data["value"])
        if not self.errors:
            self._check_names()

    def _check_value(self, trait: Trait, operator: Operator, value: str) -> None:
        try:
            trait.check_value(operator, value)
        except InvalidValue as error:
            self.add_error("value" if trait.type in operator.types else "operator", str(error))

    def _check_names(self) -> None:
        lines, holidays = (set(kind.objects.values_list("name", flat=True)) for kind in (Line, HolidayList))
        for problem in unknown_names(self.cleaned_data, lines=lines, holidays=holidays):
            self.add_error(str(problem.path[0]), problem.sentence)

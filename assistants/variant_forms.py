"""What staff type about ways of answering, checked where it is typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget

from assistants.checking import check_variant
from assistants.models import AssistantVariant, RefusalText, Variable
from assistants.prompt_names import VAPI_NAMES
from assistants.saved_choice import SavedAtVapiInput
from assistants.speech import FORMATS, InvalidFormat, check_format
from assistants.trait import Trait
from assistants.trait_choice import FORMAT_CHOICES, FORMAT_SELECT, TRAIT_SELECT, check_parameter
from assistants.traits import TRAITS
from customers.distinct_rows import DistinctRows
from customers.json_text import JSONText
from customers.languages import canonical_language

Kind = AssistantVariant.Kind

# Which of a variant's fields its kind uses; the others are hidden, so what stands in them cannot be in the way.
USED_BY_KIND: Mapping[str, frozenset[str]] = {
    Kind.SAVED_ASSISTANT: frozenset({"vapi_id", "overrides", "reports_here"}),
    Kind.SAVED_SQUAD: frozenset({"vapi_id", "overrides", "reports_here"}),
    Kind.WHOLE_ASSISTANT: frozenset({"document", "overrides", "reports_here"}),
    Kind.WHOLE_SQUAD: frozenset({"document", "overrides", "reports_here"}),
    Kind.TRANSFER: frozenset({"transfer_to", "transfer_caller_id", "transfer_extension", "transfer_sip_headers"}),
    Kind.REFUSAL: frozenset(),
}
_OF_SOME_KINDS = frozenset[str]().union(*USED_BY_KIND.values())


_USUAL_DISCLOSURE = "Usual: open, but verified for the last call's summary and promise"


class VariantForm(forms.ModelForm):
    """One way of answering; its kind decides what else it needs."""

    class Meta:
        model = AssistantVariant
        fields = ("name", "kind", *sorted(_OF_SOME_KINDS - {"reports_here"}, reverse=True), "reports_here")
        field_classes = {"document": JSONText, "overrides": JSONText, "transfer_sip_headers": JSONText}
        widgets = {
            "vapi_id": SavedAtVapiInput(),
            "transfer_sip_headers": UnfoldAdminTextareaWidget({"class": "json", "rows": 4, "spellcheck": "false"}),
            "document": UnfoldAdminTextareaWidget({"class": "json", "rows": 24, "spellcheck": "false"}),
            "overrides": UnfoldAdminTextareaWidget({"class": "json", "rows": 8, "spellcheck": "false"}),
        }

    def clean_overrides(self) -> dict[str, Any]:
        """An object, empty where nothing was typed."""
        overrides = self.cleaned_data["overrides"]
        return {} if overrides is None else _object(overrides, '{"firstMessage": "Hello!"}')

    def clean_transfer_sip_headers(self) -> dict[str, Any]:
        """An object, empty where nothing was typed."""
        headers = self.cleaned_data["transfer_sip_headers"]
        return {} if headers is None else _object(headers, '{"X-Account": "A-7"}')

    def clean_document(self) -> dict[str, Any] | None:
        """An object, or nothing."""
        document = self.cleaned_data["document"]
        return None if document is None else _object(document, '{"firstMessage": "Hello!", "model": {…}}')

    def clean(self) -> None:
        """Asks for what the kind needs, and leaves alone what it does not use."""
        super().clean()
        kind = self.cleaned_data.get("kind")
        if kind is None:
            return
        for name in _OF_SOME_KINDS - USED_BY_KIND[kind]:
            if self.errors.pop(name, None):
                self.cleaned_data[name] = getattr(self.instance, name)
        if kind == Kind.SAVED_ASSISTANT and not self.cleaned_data.get("vapi_id"):
            self.add_error("vapi_id", "A saved assistant needs its id: copy it from Vapi's dashboard.")
        if kind == Kind.WHOLE_ASSISTANT and "document" in self.cleaned_data and not self.cleaned_data["document"]:
            self.add_error("document", "A whole assistant needs its JSON: paste it from Vapi's dashboard.")
        if not self.errors and kind != Kind.REFUSAL:  # a refusal's texts are forms of their own
            self._check_as_published(kind)

    def _check_as_published(self, kind: str) -> None:
        """Puts at its field what would keep the variant from being published, Vapi's own schema included."""
        given = {name: self.cleaned_data[name] for name in USED_BY_KIND[kind] if self.cleaned_data.get(name)}
        for problem in check_variant({"kind": kind, **given}):
            self.add_error(str(problem.path[0]), problem.sentence)


def _object(value: Any, example: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValidationError(f"Write a JSON object such as {example}.")
    for name in ("variableValues", "metadata"):
        if not isinstance(value.get(name, {}), dict):
            raise ValidationError(f"“{name}” must be an object such as {{}}.")
    return value


class RefusalTextForm(forms.ModelForm):
    """What a refusal says in one language."""

    class Meta:
        model = RefusalText
        fields = ("language", "text")
        widgets = {"text": UnfoldAdminTextareaWidget({"rows": 2})}

    def clean_language(self) -> str:
        """`en-us` as `en-US`."""
        return canonical_language(self.cleaned_data["language"])


class RefusalTextFormSet(DistinctRows):
    """All that a refusal says."""

    distinct = "language"
    repeated = "There is a text in this language already."

    def clean(self) -> None:
        """A refusal that says nothing would be a caller's silence."""
        super().clean()
        texts = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if self.instance.kind == Kind.REFUSAL and not set(texts) - set(self.deleted_forms):
            raise ValidationError("A refusal needs at least one text: add what the caller shall hear.")


class VariableForm(forms.ModelForm):
    """One of a variant's variables."""

    class Meta:
        model = Variable
        fields = ("name", "trait", "parameter", "format", "format_argument", "default", "disclosure", "in_metadata")
        widgets = {"trait": TRAIT_SELECT, "format": FORMAT_SELECT}
        labels = {"format_argument": "currency", "in_metadata": "metadata"}
        help_texts = {
            "format": "How the value is said, in the customer's language; the examples are English.",
            "parameter": "For an attribute: its name. For the last call's summary or promise: for how many days.",
            "disclosure": "; ".join(map(str, [*Variable.Disclosure.labels, _USUAL_DISCLOSURE])),
            "in_metadata": "Also sent in the call's metadata, which your own systems can read.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The whole sentences stand in the column's help; in a row they would leave no room for the rest.
        choices = [(each.value, each.value) for each in Variable.Disclosure]
        if self.instance.pk is None:
            choices = [("", "usual"), *choices]
            self.initial["disclosure"] = (kwargs.get("initial") or {}).get("disclosure", "")
            self.fields["disclosure"].required = False
        self.fields["disclosure"].widget.choices = choices
        self.fields["format"].widget.choices = FORMAT_CHOICES

    def clean_name(self) -> str:
        """Any name but Vapi's own."""
        name: str = self.cleaned_data["name"]
        if name in VAPI_NAMES:
            raise ValidationError(f"Vapi fills {{{{{name}}}}} itself: choose another name.")
        return name

    def clean_format_argument(self) -> str:
        """`usd` as `USD`."""
        argument: str = self.cleaned_data["format_argument"]
        return argument.upper()

    def clean(self) -> None:
        """Asks for the parameter where the trait takes one, and for a format that fits.

        A trait is disclosed as usual unless staff choose otherwise for this very trait.
        """
        super().clean()
        if trait := TRAITS.get(self.cleaned_data.get("trait", "")):
            check_parameter(self, trait)
            if "trait" in self.changed_data and "disclosure" not in self.changed_data:
                self.cleaned_data["disclosure"] = trait.disclosure
            if "format" in self.cleaned_data:
                self._check_format(trait, self.cleaned_data["format"])

    def _check_format(self, trait: Trait, key: str) -> None:
        try:
            check_format(key, self.cleaned_data.get("format_argument", ""), trait.type)
        except InvalidFormat as error:
            self.add_error("format_argument" if trait.type in FORMATS[key].types else "format", str(error))


class VariableFormSet(DistinctRows):
    """All of a variant's variables."""

    distinct = "name"
    repeated = "This variant has a variable of this name already."

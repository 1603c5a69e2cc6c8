"""What staff type about a customer, checked and brought into the form in which it is kept."""

import re
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib.postgres.forms import SimpleArrayField
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from customers.distinct_rows import DistinctRows
from customers.json_text import JSONText
from customers.languages import canonical_language
from customers.models import ContactPoint, Customer
from customers.phone_numbers import (
    E164,
    TRUNK_IDENTITY,
    InvalidNumber,
    is_withheld,
    parse_number,
    parse_sip_uri,
    plain,
    read_caller,
)
from customers.trimming import trimmed
from customers.validators import validate_attributes

Kind = ContactPoint.Kind


# The page's hidden field by which a save knows that a staff member, an import or the API was quicker.
OPENED_AS = "opened_as"
_CHANGED_MEANWHILE = (
    "Nothing is saved: this customer was changed after you opened this page, as History says. Saving once more writes "
    "what stands here over that; open the page anew to start from what is stored now."
)


def opened_as(customer: Customer) -> str:
    """What a page keeps of the customer whom it shows; another text once anything of him is changed."""
    return customer.updated_at.isoformat() if customer.pk else ""


class Tags(SimpleArrayField):
    """Words separated by commas, each kept once, without empty ones."""

    default_error_messages = {"item_invalid": "Tag %(nth)s:"}

    def to_python(self, value: Any) -> Any:
        """The words, in the order in which they were typed."""
        words = value.split(self.delimiter) if isinstance(value, str) else value or []
        return super().to_python(list(dict.fromkeys(word for each in words if (word := trimmed(each)))))


class CustomerForm(forms.ModelForm):
    """A customer's own fields."""

    class Meta:
        model = Customer
        fields = (
            *("external_id", "name", "email", "tier", "joined_on", "language", "timezone"),
            *("tags", "attributes", "notes", "active", "blocked"),
            *("call_consent_at", "call_consent_how", "do_not_call", "remember_calls"),
        )
        field_classes = {"attributes": JSONText, "tags": Tags}
        widgets = {
            "tags": UnfoldAdminTextInputWidget,
            "attributes": UnfoldAdminTextareaWidget({"class": "json", "rows": 8, "spellcheck": "false"}),
            "notes": UnfoldAdminTextareaWidget({"rows": 3}),
        }

    def clean(self) -> None:
        """Nothing unseen stands around a text; a consent has both its parts, or there is none."""
        super().clean()
        texts = {name: text for name, text in self.cleaned_data.items() if isinstance(text, str)}
        self.cleaned_data |= {name: trimmed(text) for name, text in texts.items()}
        if self.data.get(OPENED_AS, "") not in {"", opened_as(self.instance)}:
            raise forms.ValidationError(_CHANGED_MEANWHILE)
        at, how = self.cleaned_data.get("call_consent_at"), self.cleaned_data.get("call_consent_how")
        if how and not at and "call_consent_at" not in self.errors:
            self.add_error("call_consent_at", "Say when the customer agreed, or empty “agreed how”.")
        if at and not how and "call_consent_how" not in self.errors:
            self.add_error("call_consent_how", "Say how the customer agreed, or empty “agreed to be called”.")

    def clean_language(self) -> str:
        """`en-us` as `en-US`."""
        return canonical_language(self.cleaned_data["language"])

    def clean_attributes(self) -> dict[str, Any]:
        """An object, empty where nothing was typed."""
        attributes: dict[str, Any] = {} if self.cleaned_data["attributes"] is None else self.cleaned_data["attributes"]
        validate_attributes(attributes)
        return attributes


class ContactPointForm(forms.ModelForm):
    """One of a customer's numbers or addresses."""

    class Meta:
        model = ContactPoint
        fields = ("kind", "value", "extension", "is_main_owner")

    def clean(self) -> None:
        """Keeps the number or address in its one spelling, whatever was typed; what was kept before stays as it is."""
        super().clean()
        typed = {"value", "kind"}
        if typed & set(self.changed_data) and typed <= self.cleaned_data.keys():
            self._read_contact(self.cleaned_data["value"], self.cleaned_data["kind"])
        if self.cleaned_data.get("is_main_owner") and "value" in self.cleaned_data:
            self._check_main_owner(self.cleaned_data["value"])

    def _read_contact(self, text: str, kind: str) -> None:
        try:
            contact = read_contact(text, kind, region=settings.DEFAULT_REGION)
        except InvalidNumber as error:
            self.add_error("value", f"“{text}” {error}.")
            return
        extension = self.cleaned_data.get("extension") or contact.extension
        self.cleaned_data |= {"kind": contact.kind, "value": contact.value, "extension": extension}

    def _check_main_owner(self, value: str) -> None:
        owners = ContactPoint.objects.filter(value=value, is_main_owner=True).select_related("customer")
        if other := owners.exclude(customer=self.instance.customer_id).first():
            sentence = f"{other.customer} is this number's main owner: take the mark away there first."
            self.add_error("is_main_owner", sentence)


class ContactPointFormSet(DistinctRows):
    """All of a customer's numbers and addresses."""

    distinct = "value"
    repeated = "This customer has this number or address already."


class Contact(NamedTuple):
    """A number or address as it is kept."""

    kind: str
    value: str
    extension: str = ""


def read_contact(text: str, kind: str, *, region: str) -> Contact:
    """The contact that `text` spells; `kind` is what staff chose, and is corrected where the text says so itself.

    Raises InvalidNumber, whose words follow the text in a sentence.
    """
    bare = plain(text)
    if is_withheld(bare) or read_caller(numbers=[bare], sip_uris=[], region=region).withheld:
        raise InvalidNumber("is what callers send who hide their number, so it recognises nobody")
    if kind == Kind.SIP or re.match(r"\s*<?sips?:", bare, re.IGNORECASE):
        return Contact(Kind.SIP, parse_sip_uri(bare if ":" in bare else f"sip:{bare}"))
    if kind == Kind.TRUNK and not E164.fullmatch(bare):
        return Contact(Kind.TRUNK, _trunk_identity(bare))
    return Contact(Kind.PHONE, *_number(bare, region))


def _trunk_identity(text: str) -> str:
    if not TRUNK_IDENTITY.fullmatch(text):
        raise InvalidNumber("is not what a SIP trunk sends in a number's place: at most 40 letters and digits")
    return text


def _number(text: str, region: str) -> tuple[str, str]:
    try:
        return parse_number(text, region)
    except InvalidNumber as error:
        hint = (
            "write sip: before a SIP address" if "@" in text else "write it with its country code, as in +13035550101"
        )
        raise InvalidNumber(f"{error}: {hint}") from error

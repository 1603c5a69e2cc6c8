"""A customer as JSON: the import's columns by name, each value read by what reads an import's cells."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError as Invalid
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers import cells, contact_cells
from customers.contact_cells import Contact
from customers.date_cells import moment_reader
from customers.models import OWN_ID_PREFIX, Customer
from customers.records import KINDS
from customers.rows import HALF_A_CONSENT
from customers.trimming import trimmed
from customers.validators import validate_attributes

_MOST_ENTRIES = 100
_CONSENT = ("call_consent_at", "call_consent_how")
_read_moment = moment_reader(None)


class Cell(serializers.CharField):
    """Text as in a cell of an import; `read` judges it, and an empty text is no mistake."""

    def __init__(self, read: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**{"allow_blank": True} | options)
        self._read = read

    def to_internal_value(self, data: Any) -> Any:
        """The text in the form in which it is kept; raises ValidationError with the import's sentence."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = trimmed(data)
        try:
            return self._read(text) if text else ""
        except cells.InvalidCell as error:
            raise serializers.ValidationError(str(error)) from error


@extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
class Moment(Cell):
    """A time with its zone, or a date, which means its midnight in UTC; None for an empty text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(lambda text: datetime.fromisoformat(_read_moment(text)), allow_null=True, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As it is stored."""
        return super().run_validation(data) or None


class Entries(serializers.ListField):
    """Texts, each kept once; a cell may hold several."""

    def __init__(self, read: Callable[[str], Any], **options: Any) -> None:
        super().__init__(child=Cell(read), max_length=_MOST_ENTRIES, required=False, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Without empty ones and repetitions."""
        return [each for each in dict.fromkeys(super().to_internal_value(data)) if each]


class Contacts(Entries):
    """Numbers or addresses, those that a customer has twice in another spelling once."""

    def to_internal_value(self, data: Any) -> list[Contact]:
        """As they are kept."""
        found: dict[str, Contact] = {}
        for contact in (each for several in super().to_internal_value(data) for each in several):
            same = next((key for key in contact.keys if key in found), contact.value)
            found[same] = contact if contact.extension else found.get(same, contact)
        return list(found.values())


@extend_schema_field({"type": "object", "additionalProperties": True})
class Attributes(serializers.Field[Any, Any, Any, Any]):
    """Facts of the company's own: text, numbers, true, false, lists of these."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """As they came, or ValidationError."""
        try:
            validate_attributes(data)
            orjson.dumps(data)
        except Invalid as error:
            raise serializers.ValidationError(error.messages) from error
        except TypeError as error:
            raise serializers.ValidationError("A number has more than 18 digits: write it as text.") from error
        return dict(data)

    def to_representation(self, value: Any) -> Any:
        """As they are stored."""
        return value


class CustomerFields(serializers.Serializer[Customer]):
    """A customer. What is not named in a request keeps its default (or, in a change, its value)."""

    id = serializers.CharField(read_only=True, help_text="Ours, `id:` and a number; good wherever an external_id is.")
    external_id = Cell(
        cells.read_external_id, required=False, allow_null=True, max_length=200, help_text="The id in your systems."
    )
    name = Cell(cells.text_reader("name"), required=False, max_length=200)
    phones = Contacts(
        lambda text: tuple(_read_phone(text)), help_text="In any spelling; given back as E.164, `ext. 12` behind."
    )
    sip_uris = Contacts(lambda text: tuple(contact_cells.read_sip_uri(text)))
    trunk_identities = Contacts(lambda text: tuple(contact_cells.read_trunk_identity(text)))
    email = Cell(cells.read_email, required=False, max_length=254)
    tier = Cell(cells.text_reader("tier"), required=False, max_length=100)
    joined_on = serializers.DateField(required=False, allow_null=True)
    language = Cell(cells.read_language, required=False, max_length=35, help_text="Such as en or pt-BR.")
    timezone = Cell(cells.read_timezone, required=False, max_length=64, help_text="Such as Europe/London.")
    tags = Entries(cells.read_tag)
    notes = Cell(cells.text_reader("notes"), required=False)
    active = serializers.BooleanField(required=False)
    call_consent_at = Moment(required=False, help_text="When the customer agreed to be called; nobody is without.")
    call_consent_how = Cell(cells.text_reader("call_consent_how"), required=False, max_length=200)
    do_not_call = serializers.BooleanField(required=False, help_text="Stands over any consent.")
    remember_calls = serializers.BooleanField(required=False, help_text="False for customers who object.")
    attributes = Attributes(required=False)
    blocked = serializers.BooleanField(read_only=True, help_text="Staff decide that, in the admin.")
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by name; a name that is no field is a mistake too, since nobody means to write in vain."""
        values: dict[str, Any] = super().to_internal_value(data)
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return values

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """A consent is given as a whole, or taken away as a whole."""
        given = [name for name in _CONSENT if name in values]
        if len(given) == 1 or len([name for name in given if values[name]]) == 1:
            lacking = next(name for name in _CONSENT if not values.get(name))
            raise serializers.ValidationError({lacking: [HALF_A_CONSENT]})
        return values

    def validate_external_id(self, value: str | None) -> str | None:
        """An id in the company's systems, or none."""
        if value and value.startswith(OWN_ID_PREFIX):
            raise serializers.ValidationError("Ids that begin with “id:” are ours: they belong in the address.")
        return value or None

    def to_representation(self, customer: Customer) -> dict[str, Any]:
        """The customer as JSON."""
        points = list(customer.contact_points.all())
        facts = (
            *("name", "email", "tier", "language", "timezone", "notes", "tags", "active", "attributes", "blocked"),
            *("joined_on", *_CONSENT, "do_not_call", "remember_calls"),
        )
        return {
            "id": f"{OWN_ID_PREFIX}{customer.pk}",
            "external_id": customer.external_id,
            **{name: [_shown(point) for point in points if point.kind == kind] for name, kind in KINDS.items()},
            **{name: getattr(customer, name) for name in facts},
            "created_at": customer.created_at,
            "updated_at": customer.updated_at,
        }


class CustomerItem(CustomerFields):
    """One of many customers; empty values leave what is stored as it is, as in an import."""

    def validate_external_id(self, value: str | None) -> str | None:
        """Here, where no address says whose values these are, ids of ours are welcome too."""
        return value or None


def _shown(point: Any) -> str:
    return f"{point.value} ext. {point.extension}" if point.extension else str(point.value)


def _read_phone(text: str) -> Any:
    return contact_cells.phone_reader(settings.DEFAULT_REGION)(text)

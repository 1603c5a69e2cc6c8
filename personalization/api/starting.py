"""What all requests have in common that start a call: whom, on which line, with which variant, and why not."""

from collections.abc import Mapping
from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError

from assistants import live
from assistants.live import Live
from assistants.web_calls import RESERVED
from customers import tombstones
from customers.local_copy.file import CopyUnusable
from customers.models import Customer, StartedCall
from personalization.api.problems import Gone, Unavailable
from personalization.call_messages import DEEPEST, storable

_LARGEST_METADATA = 10_000
_LONGEST_NAME = 200


@extend_schema_field({"type": "object", "additionalProperties": True})
class Metadata(serializers.Field[Any, Any, Any, Any]):
    """The site's own keys, which come back with the call."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """As they came, or ValidationError."""
        if not isinstance(data, dict):
            raise serializers.ValidationError('Metadata is an object, such as {"page": "checkout"}.')
        if ours := sorted(RESERVED & data.keys()):
            raise serializers.ValidationError(f"“{ours[0]}” is a key of ours: call it something else.")
        if storable(data) != data:
            sentence = f"Metadata is nested at most {DEEPEST} deep, without U+0000 and without numbers beyond 10^300."
            raise serializers.ValidationError(sentence)
        try:
            size = len(orjson.dumps(data))
        except TypeError as error:
            raise serializers.ValidationError("A number has more than 18 digits: write it as text.") from error
        if size > _LARGEST_METADATA:
            raise serializers.ValidationError(f"Metadata has at most {_LARGEST_METADATA} bytes as JSON.")
        return data

    def to_representation(self, value: Any) -> Any:
        """As they are."""
        return value


class StartRequest(serializers.Serializer[Any]):
    """Who is to be in the call, and what else is wished; only `customer` is needed."""

    customer = serializers.CharField(max_length=_LONGEST_NAME, help_text="The external_id, or `id:<number>`.")
    line = serializers.CharField(required=False, max_length=_LONGEST_NAME, help_text="The name of a line.")
    variant = serializers.CharField(
        required=False,
        max_length=_LONGEST_NAME,
        help_text="The name of a variant, in place of pins and rules; the emergency switch stands over it.",
    )
    metadata = Metadata(required=False, help_text="Your own keys, which come back with the call; at most 10,000 bytes.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by name; a name that is no field is a mistake too, since nobody means to write in vain."""
        values: dict[str, Any] = super().to_internal_value(data)
        if unknown := [name for name in data if name not in self.fields]:
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return values


class Decision(serializers.Serializer[Any]):
    """What was decided and why; for your server, not for browsers."""

    id = serializers.CharField(help_text="By which the call's record names it.")
    reason = serializers.CharField(help_text="Such as rule:<name>, pin, requested, line-fallback, emergency.")
    rule = serializers.CharField(allow_null=True)
    variant = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="The published version that decided.")
    line = serializers.CharField(allow_null=True)


def decision_json(call: StartedCall) -> dict[str, Any]:
    """As `Decision` says it."""
    texts = {name: getattr(call, name) or None for name in ("rule", "variant", "line")}
    return {"id": call.decision_id, "reason": call.reason, "version": call.version, **texts}


def read(fields: serializers.Serializer[Any]) -> Mapping[str, Any]:
    """What the body says; raises ValidationError."""
    fields.is_valid(raise_exception=True)
    values: Mapping[str, Any] = fields.validated_data
    return values


def found_customer(public_id: str) -> Customer:
    """The customer of this id; raises NotFound or Gone."""
    if customer := Customer.objects.with_public_id(public_id).first():
        return customer
    if erasure := tombstones.erasure_of(ids=[public_id]):
        raise Gone(f"This customer was erased on {erasure.at:%Y-%m-%d}.")
    raise NotFound("There is no customer with this id.")


def current() -> Live:
    """What callers hear now. Raises Unavailable where this node has nothing to decide by yet."""
    try:
        return live.current()
    except CopyUnusable as error:
        raise Unavailable("This server has nothing to decide by yet: please send this again.") from error


def wrong(field: str, sentence: object) -> ValidationError:
    """A mistake in one field."""
    return ValidationError({field: [str(sentence)]})

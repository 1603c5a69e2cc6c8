"""A call as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.models import Call


@extend_schema_field({"nullable": True, "description": "What the call's analysis found, in whatever shape was asked."})
class AnyJSON(serializers.JSONField):
    """JSON of any kind."""


class CallFields(serializers.Serializer[Call]):
    """A call, as a list holds it: all but the transcript. What is not known of it is empty or null."""

    id = serializers.CharField(source="vapi_id", help_text="Vapi's.")
    type = serializers.ChoiceField(choices=Call.Type.choices)
    status = serializers.CharField(help_text="The last that Vapi told: ringing, ended …")
    customer = serializers.CharField(
        source="customer.public_id",
        default=None,
        allow_null=True,
        help_text="The customer's external_id, or id:<number>.",
    )
    claimed = serializers.BooleanField(
        help_text="True: a browser named this customer without our signature, so it may be somebody else."
    )
    number = serializers.CharField(help_text="The caller's (or who was called): E.164, a SIP address; empty: withheld.")
    line = serializers.CharField(help_text="The name that our line had then.")
    created_at = serializers.DateTimeField(help_text="When Vapi made the call, or we first heard of it.")
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    duration_s = serializers.FloatField(allow_null=True)
    ended_reason = serializers.CharField(help_text="In Vapi's words.")
    outcome = serializers.ChoiceField(choices=[("", "not known"), *Call.Outcome.choices], help_text="In our words.")
    reason = serializers.CharField(help_text="Why we answered so, as in X-Decision; empty where we were not asked.")
    rule = serializers.CharField()
    variant = serializers.CharField()
    version = serializers.IntegerField(allow_null=True, help_text="The published version that decided.")
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not what DRF calls so
        help_text="As in X-Answer-Source: live, last-known, fallback, spoken."
    )
    latency_ms = serializers.FloatField(allow_null=True, help_text="How long our answer took.")
    summary = serializers.CharField()
    success = serializers.CharField(help_text="The success evaluation in the words of its rubric.")
    structured_data = AnyJSON(allow_null=True)
    cost = serializers.FloatField(allow_null=True, help_text="In USD.")
    metadata = serializers.DictField()
    has_recording = serializers.BooleanField()
    erased_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when nothing of the person is kept; null: nobody was erased."
    )


class WholeCall(CallFields):
    """A call with its transcript, which is kept for a shorter time than the rest."""

    transcript = serializers.CharField()


class CallPage(serializers.Serializer[Any]):
    """A page, and the addresses of those around it."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CallFields(many=True)

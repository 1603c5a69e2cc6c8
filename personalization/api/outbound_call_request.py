"""What a system of the company may say when it asks for a call to a customer."""

from rest_framework import serializers

from personalization.api.starting import StartRequest

_LONGEST = 300


class OutboundCallRequest(StartRequest):
    """Whom Vapi is to call, and what else is wished."""

    phone = serializers.CharField(
        required=False,
        max_length=_LONGEST,
        help_text="One of the customer's numbers or SIP addresses, in any spelling; without it the first number.",
    )
    earliest_at = serializers.DateTimeField(
        required=False, help_text="ISO 8601; without a zone it is UTC. At most 30 days ahead."
    )

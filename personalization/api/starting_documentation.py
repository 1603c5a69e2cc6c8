"""What the OpenAPI document says of the addresses that start calls."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers

from personalization.api.documentation import WITH_BODY, responses
from personalization.api.outbound_call_request import OutboundCallRequest
from personalization.api.problems import MEDIA_TYPE, RefusedProblem
from personalization.api.starting import Decision
from personalization.api.web_call_request import WebCallRequest

_OBJECT = {"type": "object", "additionalProperties": True}


@extend_schema_field({"oneOf": [{"type": "string"}, _OBJECT], "nullable": True})
class IdOrObject(serializers.Field[Any, Any, Any, Any]):
    """An id at Vapi, or a whole object in Vapi's words."""


@extend_schema_field(_OBJECT | {"nullable": True})
class VapiObject(serializers.Field[Any, Any, Any, Any]):
    """An object in Vapi's words."""


class WebCall(serializers.Serializer[Any]):
    """The arguments of `vapi.start` by name, null where not used; the decision is for your server only."""

    assistant = IdOrObject(help_text="An id at Vapi, or a whole assistant.")
    assistantOverrides = VapiObject()
    squad = IdOrObject(help_text="An id at Vapi, or a whole squad.")
    token = serializers.CharField(required=False, help_text="Where `origin` was given: for `new Vapi(token)`.")
    decision = Decision()


class OutboundCall(serializers.Serializer[Any]):
    """A call that Vapi places."""

    id = serializers.CharField(allow_null=True, help_text="The call's id at Vapi; null where that is not known (202).")
    state = serializers.ChoiceField([("placed", "Vapi has it"), ("unknown", "it may have been placed")])
    detail = serializers.CharField(required=False, help_text="What to do where the state is unknown.")
    customer = serializers.CharField()
    number = serializers.CharField(help_text="The number or address that is called.")
    due_at = serializers.DateTimeField(help_text="When: earliest_at, or the moment of the request.")
    decision = Decision()


_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new one for each call, such as a UUID. The same key with the same body never places a second call "
    "and gives the same answer, for 60 days after the call was due.",
)


def _refused(meaning: str) -> dict[Any, Any]:
    return {(422, MEDIA_TYPE): OpenApiResponse(RefusedProblem, meaning)}


WEB_CALL: dict[str, Any] = {
    "operation_id": "start_web_call",
    "summary": "Prepare a web call of a signed-in customer",
    "tags": ["Calls"],
    "request": WebCallRequest,
    "examples": [
        OpenApiExample("Who is signed in", {"customer": "c001"}, request_only=True),
        OpenApiExample("More", {"customer": "c001", "metadata": {"page": "checkout"}}, request_only=True),
    ],
    "responses": responses({200: WebCall}, 404, 410, *WITH_BODY)
    | _refused("A refusal or a transfer answers this customer, or the variant holds a secret."),
}
OUTBOUND_CALL: dict[str, Any] = {
    "operation_id": "start_outbound_call",
    "summary": "Have Vapi call a customer, at most once",
    "tags": ["Calls"],
    "request": OutboundCallRequest,
    "parameters": [_KEY],
    "examples": [OpenApiExample("Whom to call", {"customer": "c001"}, request_only=True)],
    "responses": responses(
        {
            201: OpenApiResponse(OutboundCall, "Vapi has the call."),
            202: OpenApiResponse(OutboundCall, "Vapi gave no answer in time: ask again with the same key."),
        },
        404,
        409,
        410,
        502,
        *WITH_BODY,
    )
    | _refused("`reason` says why nobody is called: no-consent, do-not-call, quiet-hours …"),
}

"""What the OpenAPI document says of the addresses that start calls."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema_field
from rest_framework import serializers

from personalization.api.documentation import WITH_BODY, responses
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

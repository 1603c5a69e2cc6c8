"""What the OpenAPI document says of the addresses of calls."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from personalization.api.call_fields import CallPage, WholeCall
from personalization.api.call_list import AllCallFilters, CallFilters
from personalization.api.documentation import CURSOR, ID, responses

_METADATA = OpenApiParameter(
    "metadata",
    {"type": "object", "additionalProperties": {"type": "string"}},
    style="deepObject",
    explode=True,
    description='Calls whose metadata has this key with this value: `metadata[orderId]=42` finds `42` and `"42"`.',
)
_CALL_ID = OpenApiParameter("id", str, OpenApiParameter.PATH, description="Vapi's id of the call.")

LIST: dict[str, Any] = {
    "operation_id": "list_calls",
    "summary": "Find calls",
    "tags": ["Calls"],
    "parameters": [AllCallFilters, _METADATA, CURSOR],
    "responses": responses({200: CallPage}),
}
OF_CUSTOMER: dict[str, Any] = {
    "operation_id": "list_calls_of_customer",
    "summary": "A customer's calls",
    "tags": ["Calls"],
    "parameters": [ID, CallFilters, _METADATA, CURSOR],
    "responses": responses({200: CallPage}, 404, 410),
}
READ: dict[str, Any] = {
    "operation_id": "get_call",
    "summary": "Read a call with its transcript",
    "tags": ["Calls"],
    "parameters": [_CALL_ID],
    "responses": responses({200: OpenApiResponse(WholeCall, "The call.")}, 404),
}

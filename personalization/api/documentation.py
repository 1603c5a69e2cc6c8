"""What the OpenAPI document says of each address: parameters, bodies, and every status with its meaning."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from personalization.api.customer_fields import CustomerFields
from personalization.api.customer_list import CustomerPage, Filters
from personalization.api.customers_in_bulk import Bulk, BulkResult
from personalization.api.problems import MEDIA_TYPE, Problem

_MEANINGS = {
    400: "Something in the request is wrong: `errors` names each field.",
    401: "No API key, or one that is unknown, revoked or expired.",
    403: "The key lacks the scope for this.",
    404: "There is no such customer, or no such call.",
    409: "Another customer has this external_id, or saved the same at this moment.",
    410: "This person was erased.",
    412: "The customer was changed since the ETag in If-Match was given.",
    413: "The body is larger than 32 MiB.",
    415: "The body is not application/json.",
    429: "Too many requests with this key: wait as long as Retry-After says.",
    502: "Vapi refused, or could not be reached: nothing happened, and the same may be sent again.",
    503: "Busy: try again after Retry-After seconds.",
}
_ALWAYS = (400, 401, 403, 429, 503)
WITH_BODY = (413, 415)
_IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read: else 412.")
_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="For If-Match and If-None-Match."
)
CURSOR = OpenApiParameter("cursor", str, description="Follow `next` and `previous`.")
ID = OpenApiParameter(
    "external_id",
    str,
    OpenApiParameter.PATH,
    description="Percent-encoded; or `id:<number>`, which also serves ids that end in a slash or in /calls.",
)


def responses(good: dict[int, Any], *problems: int) -> dict[Any, Any]:
    """All statuses that an address answers with: the good ones, these problems, and those that may meet any request."""
    answers: dict[Any, Any] = dict(good)
    for status in sorted({*_ALWAYS, *problems}):
        answers[status, MEDIA_TYPE] = OpenApiResponse(Problem, _MEANINGS[status])
    return answers


_ONE = OpenApiResponse(CustomerFields, "The customer.")

LIST: dict[str, Any] = {
    "operation_id": "list_customers",
    "summary": "Find customers",
    "tags": ["Customers"],
    "parameters": [Filters, CURSOR],
    "responses": responses({200: CustomerPage}),
}
CREATE: dict[str, Any] = {
    "operation_id": "create_customer",
    "summary": "Add a customer",
    "tags": ["Customers"],
    "request": CustomerFields,
    "parameters": [_ETAG],
    "responses": responses({201: _ONE}, 409, 410, *WITH_BODY),
}
UPSERT: dict[str, Any] = {
    "operation_id": "upsert_customers",
    "summary": "Create or update many customers",
    "tags": ["Customers"],
    "request": Bulk,
    "responses": responses({200: BulkResult}, *WITH_BODY),
}
READ: dict[str, Any] = {
    "operation_id": "get_customer",
    "summary": "Read a customer",
    "tags": ["Customers"],
    "parameters": [ID, _ETAG],
    "responses": responses({200: _ONE, 304: OpenApiResponse(None, "As you know it.")}, 404, 410),
}
REPLACE: dict[str, Any] = {
    "operation_id": "replace_customer",
    "summary": "Create or replace a customer",
    "tags": ["Customers"],
    "request": CustomerFields,
    "parameters": [ID, _IF_MATCH, _ETAG],
    "responses": responses({200: _ONE, 201: _ONE}, 404, 409, 410, 412, *WITH_BODY),
}
CHANGE: dict[str, Any] = {
    "operation_id": "change_customer",
    "summary": "Change a customer",
    "tags": ["Customers"],
    "request": CustomerFields,
    "parameters": [ID, _IF_MATCH, _ETAG],
    "responses": responses({200: _ONE}, 404, 409, 410, 412, *WITH_BODY),
}
ERASE: dict[str, Any] = {
    "operation_id": "erase_customer",
    "summary": "Erase a customer for ever",
    "tags": ["Customers"],
    "parameters": [ID, _IF_MATCH],
    "responses": responses({204: OpenApiResponse(None, "Erased, now or before.")}, 404, 412),
}

"""Calls to customers over HTTP, each at most once: the company's own systems have Vapi call somebody."""

import json
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assistants.outbound_calls import InProgress, Order, OtherRequest, place_call
from assistants.outbound_customer import NotTheirNumber
from assistants.outbound_permission import NotAllowed
from assistants.outbound_plan import Wish
from assistants.starting import UnknownName
from assistants.vapi import VapiError
from customers.models import StartedCall
from personalization.api import starting_documentation as docs
from personalization.api.keys import author
from personalization.api.models import Scope
from personalization.api.outbound_call_request import OutboundCallRequest
from personalization.api.problems import ApiView, BadGateway, Conflict, Refused
from personalization.api.starting import current, decision_json, found_customer, read, wrong

_LONGEST_KEY = 255
_UNKNOWN = "Vapi gave no answer: the call may have been placed. Ask again with the same key; it is never placed twice."


class OutboundCalls(ApiView):
    """Calls that Vapi places for us."""

    scopes = {"POST": Scope.CALLS_START}

    @extend_schema(**docs.OUTBOUND_CALL)
    def post(self, request: Request) -> Response:
        """Has Vapi call the customer, with who talks decided by the same rules."""
        order = Order.of(_key(request), json.dumps(request.data, sort_keys=True).encode(), by=author(request))
        call = _placed(request, order)
        return Response(_answer(call), status=201 if call.vapi_id else 202)


def _key(request: Request) -> str:
    """The header of draft-ietf-httpapi-idempotency-key-header. Raises ValidationError."""
    key: str = request.headers.get("Idempotency-Key", "").strip()
    if 0 < len(key) <= _LONGEST_KEY:
        return key
    sentence = f"Send a header Idempotency-Key of 1 to {_LONGEST_KEY} characters, new for each call, such as a UUID."
    raise ValidationError({"Idempotency-Key": [sentence]})


def _placed(request: Request, order: Order) -> StartedCall:
    """The call, placed now or for this order before; raises what the API answers with."""
    asked = dict(read(OutboundCallRequest(data=request.data)))
    wish = Wish(found_customer(asked.pop("customer")), **asked)
    try:
        return place_call(wish, order, live=current(), at=timezone.now())
    except OtherRequest as error:
        raise Refused("This Idempotency-Key was used for another request.", reason="key-used") from error
    except InProgress as error:
        raise Conflict("The same request is being dealt with: ask again in a moment.") from error
    except UnknownName as error:
        raise wrong(error.field, error) from error
    except NotTheirNumber as error:
        raise wrong("phone", error) from error
    except NotAllowed as error:
        when = {"next_allowed_at": error.next_allowed_at} if error.next_allowed_at else {}
        raise Refused(str(error), reason=error.reason, **when) from error
    except VapiError as error:
        raise BadGateway(str(error)) from error


def _answer(call: StartedCall) -> dict[str, Any]:
    state = {"state": "placed"} if call.vapi_id else {"state": "unknown", "detail": _UNKNOWN}
    return {
        "id": call.vapi_id or None,
        **state,
        "customer": call.customer.public_id,
        "number": call.number,
        "due_at": call.due_at,
        "decision": decision_json(call),
    }

"""Calls over HTTP: of everybody or of one customer, and one call with its transcript."""

import logging

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Call, Customer
from personalization.api import call_documentation as docs
from personalization.api.call_fields import CallFields, WholeCall
from personalization.api.call_list import AllCallFilters, CallFilters, CallPages, chosen_calls
from personalization.api.customers import missing
from personalization.api.keys import author
from personalization.api.models import Scope
from personalization.api.problems import ApiView

logger = logging.getLogger("personalization.calls")

_READ = Scope.CALLS_READ


class Calls(ApiView):
    """All calls."""

    scopes = {"GET": _READ, "HEAD": _READ}

    @extend_schema(**docs.LIST)
    def get(self, request: Request) -> Response:
        """Those that the filters choose, 50 a page, the newest first."""
        pages = CallPages()
        page = pages.paginate_queryset(chosen_calls(request.query_params, among=AllCallFilters), request, view=self)
        return pages.get_paginated_response([CallFields(call).data for call in page or []])


class CallsOfCustomer(ApiView):
    """One customer's calls, those that somebody only claims to have made among them."""

    scopes = {"GET": _READ, "HEAD": _READ}

    @extend_schema(**docs.OF_CUSTOMER)
    def get(self, request: Request, external_id: str) -> Response:
        """Those that the filters choose, 50 a page, the newest first."""
        customer = Customer.objects.with_public_id(external_id).first()
        if customer is None:
            raise missing(external_id)
        pages = CallPages()
        calls = chosen_calls(request.query_params, among=CallFilters).filter(customer=customer)
        page = pages.paginate_queryset(calls, request, view=self)
        return pages.get_paginated_response([CallFields(call).data for call in page or []])


class OneCall(ApiView):
    """One call, by Vapi's id."""

    scopes = {"GET": _READ, "HEAD": _READ}

    @extend_schema(**docs.READ)
    def get(self, request: Request, id: str) -> Response:
        """The call with its transcript; that it was read is logged, with the key's name."""
        calls = Call.objects.select_related("customer").filter(vapi_id=id)
        call = calls.first() if "\0" not in id else None
        if call is None:
            raise NotFound("There is no record of a call with this id.")
        if call.transcript:
            logger.info({"call": call.vapi_id, "transcript": "read", "by": author(request)})
        return Response(WholeCall(call).data)

"""Customers over HTTP: a CRM reads them, writes them one by one or in bulk, and has them erased."""

from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from customers import cells, records, tombstones
from customers.erasing import NobodyToErase, erase_customer
from customers.models import OWN_ID_PREFIX, Customer
from customers.spool import Spool
from customers.trimming import trimmed
from personalization.api import documentation as docs
from personalization.api.customer_fields import CustomerFields
from personalization.api.customer_list import CustomerPages, chosen
from personalization.api.customers_in_bulk import upsert_all
from personalization.api.keys import author
from personalization.api.models import Scope
from personalization.api.problems import ApiView, Conflict, Gone, PreconditionFailed

# An import may be writing the same customer; who waits for long takes others' places here.
LONGEST_WAIT_MS = 5_000
_READ, _WRITE, _ERASE = Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE, Scope.CUSTOMERS_ERASE


class Customers(ApiView):
    """All customers."""

    scopes = {"GET": _READ, "HEAD": _READ, "POST": _WRITE, "PATCH": _WRITE}

    @extend_schema(**docs.LIST)
    def get(self, request: Request) -> Response:
        """Those whom the filters choose, 50 a page."""
        pages = CustomerPages()
        page = pages.paginate_queryset(chosen(request.query_params), request, view=self) or []
        return pages.get_paginated_response([CustomerFields(each).data for each in page])

    @extend_schema(**docs.CREATE)
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """A new customer."""
        _wait_briefly()
        values = _values(request)
        if not values.get("external_id") and not any(values.get(name) for name in records.KINDS):
            raise ValidationError("Give an external_id or a number: without both it would be nobody's.")
        _refuse_erased(values)
        return _answer(_create(values, request), status=201)

    @extend_schema(**docs.UPSERT)
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Many customers at once, created or updated as by an import."""
        _wait_briefly()
        return Response(upsert_all(request.data, who=author(request)))


class OneCustomer(ApiView):
    """One customer, by external id (any characters), by `id:<number>`, or by an earlier id from before a merger."""

    scopes = {"GET": _READ, "HEAD": _READ, "PUT": _WRITE, "PATCH": _WRITE, "DELETE": _ERASE}

    @extend_schema(**docs.READ)
    def get(self, request: Request, external_id: str) -> Response:
        """The customer."""
        answer = _answer(_found(external_id))
        unchanged = get_conditional_response(request._request, etag=answer.headers["ETag"])
        return (
            Response(status=304, headers=dict(answer.headers)) if unchanged and unchanged.status_code == 304 else answer
        )

    @extend_schema(**docs.REPLACE)
    def put(self, request: Request, external_id: str) -> Response:
        """Makes the customer exactly so; what is not given becomes empty. The same again changes nothing.

        Only what he agreed or objected to stays as it is where it is not given: nobody forgets that by leaving it out.
        """
        values = records.empty_values() | _values(request)
        try:
            return self._put(request, external_id, values)
        except (IntegrityError, Conflict):  # somebody else has just created him
            return self._put(request, external_id, values)

    @extend_schema(**docs.CHANGE)
    @transaction.atomic
    def patch(self, request: Request, external_id: str) -> Response:
        """Changes what is given and leaves the rest."""
        customer = _locked(external_id)
        if customer is None:
            raise missing(external_id)
        _check_unchanged(request, customer)
        return _changed(customer, _values(request), request)

    @extend_schema(**docs.ERASE)
    @transaction.atomic
    def delete(self, request: Request, external_id: str) -> Response:
        """Erases the person everywhere here, for ever: see manage.py erase_customer."""
        customer = _locked(external_id)
        if customer:
            _check_unchanged(request, customer)
        try:
            spool = Spool(settings.DATA_DIR / "spool")
            erase_customer(external_id, spool=spool, by=author(request), at=timezone.now())
        except NobodyToErase as error:
            raise NotFound(str(error)) from error
        return Response(status=204)

    @transaction.atomic
    def _put(self, request: Request, external_id: str, values: dict[str, Any]) -> Response:
        customer = _locked(external_id)
        if customer is None and external_id.lower().startswith(OWN_ID_PREFIX):
            raise missing(external_id)
        values = values | _named(external_id, values, customer)
        if customer is None:
            customer = records.to_adopt(values)
        _check_unchanged(request, customer)
        if customer:
            return _changed(customer, values, request)
        _refuse_erased(values)
        return _answer(_create(values, request), status=201)


def _values(request: Request) -> dict[str, Any]:
    """What the body says; raises ValidationError."""
    fields = CustomerFields(data=request.data)
    fields.is_valid(raise_exception=True)
    values: dict[str, Any] = fields.validated_data
    return values


def _named(external_id: str, values: dict[str, Any], customer: Customer | None) -> dict[str, Any]:
    """The external_id of who is replaced: the address's, unless that is an id of ours. Raises ValidationError."""
    if external_id.startswith(OWN_ID_PREFIX):
        return {}
    named = customer.external_id if customer else _new_id(external_id)
    if values.get("external_id", named) not in (named, external_id):
        raise ValidationError({"external_id": ["It is not the one in the address: leave it out, or rename by PATCH."]})
    return {"external_id": named}


def _new_id(text: str) -> str:
    if trimmed(text) != text:
        raise ValidationError({"external_id": ["It has blanks at an end, or characters that cannot be stored."]})
    try:
        return cells.read_external_id(text)
    except cells.InvalidCell as error:
        raise ValidationError({"external_id": [str(error)]}) from error


def _found(external_id: str) -> Customer:
    customer = Customer.objects.with_public_id(external_id).prefetch_related("contact_points").first()
    if customer is None:
        raise missing(external_id)
    return customer


def _locked(external_id: str) -> Customer | None:
    """The customer, whom nobody else changes until this transaction ends."""
    _wait_briefly()
    return Customer.objects.with_public_id(external_id).select_for_update().first()


def _wait_briefly() -> None:
    """In this transaction, others (an import may take minutes) are waited for a few seconds only."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LONGEST_WAIT_MS}")


def missing(external_id: str) -> NotFound | Gone:
    """The answer where no customer has this id: never, or no more."""
    erasure = tombstones.erasure_of(ids=[external_id])
    if erasure:
        return Gone(f"This customer was erased on {erasure.at:%Y-%m-%d}.")
    return NotFound("There is no customer with this id.")


def _refuse_erased(values: dict[str, Any]) -> None:
    """As imports reject the row: somebody who was erased does not come back unasked."""
    keys = [key for name in records.KINDS for contact in values.get(name, ()) for key in contact.keys]
    ids = [values["external_id"]] if values.get("external_id") else []
    if erasure := tombstones.erasure_of(ids=ids, numbers=keys):
        raise Gone(
            f"This person was erased on {erasure.at:%Y-%m-%d} and does not come back, unless staff lift the erasure."
        )


def _check_unchanged(request: Request, customer: Customer | None) -> None:
    """If-Match and If-None-Match (RFC 9110, section 13)."""
    etag = _etag(CustomerFields(customer).data) if customer else None
    if get_conditional_response(request._request, etag=etag) is not None:
        raise PreconditionFailed


def _create(values: dict[str, Any], request: Request) -> Customer:
    try:
        return records.create(values, who=author(request), at=timezone.now())
    except records.IdTaken as error:
        raise Conflict(str(error)) from error


def _changed(customer: Customer, values: dict[str, Any], request: Request) -> Response:
    try:
        records.change(customer, values, who=author(request), at=timezone.now())
    except records.IdTaken as error:
        raise Conflict(str(error)) from error
    return _answer(Customer.objects.get(pk=customer.pk))


def _answer(customer: Customer, status: int = 200) -> Response:
    data = CustomerFields(customer).data
    return Response(data, status=status, headers={"ETag": _etag(data)})


def _etag(data: Any) -> str:
    """A strong validator: the same text for the same representation, wherever its parts came from."""
    return f'"{sha256(orjson.dumps(data)).hexdigest()[:32]}"'

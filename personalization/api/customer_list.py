"""Which customers a list holds, and its pages."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination

from customers.models import Customer
from customers.phone_numbers import read_caller
from customers.primary_keys import as_pk
from personalization.api.customer_fields import CustomerFields

LONGEST = 300


class Filters(serializers.Serializer[Any]):
    """What a list can be asked for; several narrow it down."""

    phone = serializers.CharField(required=False, max_length=LONGEST, help_text="In any spelling, or a SIP address.")
    external_id = serializers.CharField(required=False, max_length=LONGEST, help_text="Or id:<number>.")
    email = serializers.CharField(required=False, max_length=LONGEST, help_text="The whole address, in any case.")
    tier = serializers.CharField(required=False, max_length=LONGEST)
    tag = serializers.CharField(required=False, max_length=LONGEST)
    language = serializers.CharField(required=False, max_length=LONGEST)
    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    updated_since = serializers.DateTimeField(required=False, help_text="ISO 8601; without a zone it is UTC.")


class CustomerPage(serializers.Serializer[Any]):
    """A page, and the addresses of those around it."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CustomerFields(many=True)


class CustomerPages(CursorPagination):
    """Pages in the order in which customers were added, which no change disturbs while somebody reads them."""

    ordering: str | tuple[str, ...] = "pk"
    page_size = 50

    def decode_cursor(self, request: Any) -> Any:
        """The place that the address says; raises ValidationError where nobody gave out such a one."""
        try:
            cursor = super().decode_cursor(request)
            if cursor and cursor.position is not None and not self.is_position(str(cursor.position)):
                raise ValueError(cursor.position)
        except (NotFound, ValueError) as error:
            raise ValidationError({"cursor": ["This cursor is none of ours: follow next and previous."]}) from error
        return cursor

    def is_position(self, text: str) -> bool:
        """Whether a row of this list can stand there; may raise ValueError."""
        return as_pk(text) is not None


def chosen(query: QueryDict) -> QuerySet[Customer]:
    """The customers that the query asks for; raises ValidationError, also for filters that there are not."""
    if unknown := [name for name in query if name not in {*Filters().fields, "cursor"}]:
        raise ValidationError({name: ["There is no such filter."] for name in unknown})
    filters = Filters(data=query)
    filters.is_valid(raise_exception=True)
    return _narrowed(filters.validated_data)


def _narrowed(filters: Mapping[str, Any]) -> QuerySet[Customer]:
    customers = Customer.objects.prefetch_related("contact_points")
    if phone := filters.get("phone"):
        keys = read_caller(numbers=[phone], sip_uris=[], region=settings.DEFAULT_REGION).keys
        customers = customers.filter(contact_points__value__in=keys).distinct()
    if external_id := filters.get("external_id"):
        customers = customers.with_public_id(external_id)
    if email := filters.get("email"):
        customers = customers.alias(address=Lower("email")).filter(address=email.lower())
    if tag := filters.get("tag"):
        customers = customers.filter(tags__contains=[tag])
    if since := filters.get("updated_since"):
        customers = customers.filter(updated_at__gte=since)
    exact = {name: filters[name] for name in ("tier", "language", "active") if filters.get(name) is not None}
    return customers.filter(**exact)

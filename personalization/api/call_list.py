"""Which calls a list holds, newest first, and its pages."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from customers.models import LISTED_BY, Call, CallQuerySet, Customer
from customers.phone_numbers import read_caller
from personalization.api.customer_list import LONGEST, CustomerPages

# OpenAPI's deepObject: metadata[orderId]=42
_METADATA = re.compile(r"metadata\[(.+)\]", re.DOTALL)


class CallFilters(serializers.Serializer[Any]):
    """What a list can be asked for; several narrow it down."""

    number = serializers.CharField(required=False, max_length=LONGEST, help_text="In any spelling, or a SIP address.")
    created_since = serializers.DateTimeField(required=False, help_text="From then on. Without a zone it is UTC.")
    created_until = serializers.DateTimeField(required=False, help_text="Before then. Without a zone it is UTC.")
    type = serializers.ChoiceField(required=False, choices=Call.Type.choices)
    line = serializers.CharField(required=False, max_length=LONGEST, help_text="The name that our line had then.")
    rule = serializers.CharField(required=False, max_length=LONGEST)
    variant = serializers.CharField(required=False, max_length=LONGEST)
    reason = serializers.CharField(required=False, max_length=LONGEST, help_text="Such as pin, rule:Gold callers.")
    ended_reason = serializers.CharField(required=False, max_length=LONGEST, help_text="In Vapi's words.")
    outcome = serializers.ChoiceField(required=False, choices=Call.Outcome.choices)
    claimed = serializers.BooleanField(required=False, allow_null=True, default=None)


class AllCallFilters(CallFilters):
    """The same where calls of everybody are listed."""

    customer = serializers.CharField(required=False, max_length=LONGEST, help_text="An external_id, or id:<number>.")


class CallPages(CustomerPages):
    """Pages with the newest call first."""

    ordering = ("-created_at", "-pk")

    def is_position(self, text: str) -> bool:
        """Whether it is a time."""
        return parse_datetime(text) is not None


def chosen_calls(query: QueryDict, *, among: type[CallFilters]) -> CallQuerySet:
    """The calls that the query asks for; raises ValidationError, also for filters that there are not."""
    metadata = {found[1]: str(value) for name, value in query.items() if (found := _METADATA.fullmatch(name))}
    known = {*among().fields, "cursor", *(f"metadata[{key}]" for key in metadata)}
    if unknown := [name for name in query if name not in known]:
        raise ValidationError({name: ["There is no such filter."] for name in unknown})
    filters = among(data=query)
    filters.is_valid(raise_exception=True)
    calls = Call.objects.select_related("customer").defer("transcript")
    return _narrowed(calls, filters.validated_data).filter(_with_metadata(metadata))


def _narrowed(calls: CallQuerySet, filters: Mapping[str, Any]) -> CallQuerySet:
    if customer := filters.get("customer"):
        calls = calls.filter(customer__in=list(Customer.objects.with_public_id(customer).values_list("pk", flat=True)))
    if number := filters.get("number"):
        calls = calls.filter(number__in=read_caller(numbers=[number], sip_uris=[], region=settings.DEFAULT_REGION).keys)
    if since := filters.get("created_since"):
        calls = calls.filter(created_at__gte=since)
    if until := filters.get("created_until"):
        calls = calls.filter(created_at__lt=until)
    if (claimed := filters.get("claimed")) is not None:
        calls = calls.filter(claimed=claimed)
    return calls.listed_by({name: filters[name] for name in LISTED_BY if filters.get(name)})


def _with_metadata(wanted: Mapping[str, str]) -> Q:
    """All of these keys have that value, as text or as what the text is in JSON: 42 finds "42" and 42."""
    every = Q()
    for key, text in wanted.items():
        if "\0" in key + text or len(key + text) > LONGEST:
            sentence = f"At most {LONGEST} characters, and no U+0000 among them."
            raise ValidationError({f"metadata[{key}]": [sentence]})
        forms = [text, *_as_number_or_truth(text)]
        one = Q()
        for form in forms:
            one |= Q(metadata__contains={key: form})
        every &= one
    return every


def _as_number_or_truth(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return []
    return [value] if isinstance(value, int | float) and math.isfinite(value) else []

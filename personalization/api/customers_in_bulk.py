"""Up to 10,000 customers in one request, each with its outcome."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from customers import bulk
from customers.bulk import ItemOutcome
from customers.rows import Problem
from customers.trimming import trimmed
from personalization.api.customer_fields import CustomerItem
from personalization.api.problems import FieldProblem, field_problems


class Bulk(serializers.Serializer[Any]):
    """Customers to create or update. Each has an external_id, or numbers by which he is found."""

    customers = serializers.ListField(child=CustomerItem(), max_length=bulk.MOST)


class ItemResult(serializers.Serializer[Any]):
    """What became of one of them."""

    index = serializers.IntegerField(help_text="Its place in the request, the first being 0.")
    outcome = serializers.ChoiceField([bulk.CREATED, bulk.UPDATED, bulk.UNCHANGED, bulk.REJECTED])
    id = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    errors = FieldProblem(many=True)  # type: ignore[assignment]  # a field, not what DRF calls so


class BulkResult(serializers.Serializer[Any]):
    """What became of all of them; the good ones are stored, whatever became of the others."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = ItemResult(many=True)


def upsert_all(body: Any, *, who: str) -> dict[str, Any]:
    """Creates and updates the body's customers; gives what became of each. Raises ValidationError for no list."""
    items = body.get("customers") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise ValidationError({"customers": ["Give a list of customers."]})
    if len(items) > bulk.MOST:
        raise ValidationError({"customers": [f"{len(items):,} are too many: at most {bulk.MOST:,} in one request."]})
    reader = CustomerItem()
    outcome, results = bulk.upsert([_read(reader, item) for item in items], who=who)
    counts = {name: getattr(outcome, name) for name in (bulk.CREATED, bulk.UPDATED, bulk.UNCHANGED, bulk.REJECTED)}
    return counts | {"results": [_shown(each) for each in results]}


def _read(reader: CustomerItem, item: Any) -> dict[str, Any] | Sequence[Problem]:
    """The item's values, or what is wrong with it."""
    try:
        values: dict[str, Any] = reader.run_validation(item)
    except ValidationError as error:
        return [Problem(trimmed(field), trimmed(sentence)) for field, sentence in field_problems(error.detail)]
    return values


def _shown(item: ItemOutcome) -> dict[str, Any]:
    errors = [{"field": problem.column, "detail": problem.reason} for problem in item.problems]
    named = {"index": item.index, "outcome": item.outcome, "id": item.id, "external_id": item.external_id}
    return named | {"errors": errors}

"""Who changed what when, from what the admin records at each save."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from assistants.models import AssistantVariant, HolidayList, Line, PublishedVersion, RoutingRule, SiteSettings
from assistants.publishing import latest_version

_MODELS = (SiteSettings, HolidayList, Line, AssistantVariant, RoutingRule)
_MOST = 100


def records_since(version: PublishedVersion | None) -> QuerySet[LogEntry]:
    """The latest changes of lines, variants, rules … since `version` was published, the newest first."""
    return _since(version).select_related("user", "content_type")[:_MOST]


def changed_by_others(row: Model, person: Any) -> bool:
    """Whether somebody else changed `row` since the last version."""
    return _of(row, _since(latest_version())).exclude(user=person).exists()


def last_record(row: Model) -> int:
    """The number of the latest record of `row`; 0 where there is none."""
    return _of(row, LogEntry.objects.all()).values_list("pk", flat=True).first() or 0


def records_after(row: Model, number: int) -> QuerySet[LogEntry]:
    """The records of `row` after the one of that number, the newest first."""
    return _of(row, LogEntry.objects.filter(pk__gt=number)).select_related("user")


def _since(version: PublishedVersion | None) -> QuerySet[LogEntry]:
    kinds = ContentType.objects.get_for_models(*_MODELS).values()
    records = LogEntry.objects.filter(content_type__in=kinds)
    return records.filter(action_time__gt=version.published_at) if version else records


def _of(row: Model, records: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
    return records.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))

"""What calls lately came to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.call_figures import calls_by_rule, calls_lately, results_by_version, results_of_splits
from customers.models import Call, Customer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def call(*, days: float = 0, **facts: Any) -> Call:
    """A call so many days before noon."""
    count = Call.objects.count()
    return Call.objects.create(
        vapi_id=f"call-{count}", created_at=NOON - timedelta(days=days), **{"type": "inbound"} | facts
    )


def test_days_reasons_and_what_was_not_live(ada: Customer) -> None:
    for days in (0, 0, 1):
        call(days=days, customer=ada, reason="pin", source="live", latency_ms=2)
    call(customer=ada, claimed=True, type="web", reason="rule:Web", source="live")
    call(reason="site-fallback", source="fallback", latency_ms=80)
    call(customer=ada, claimed=True)
    call(days=9, reason="pin", source="spoken", latency_ms=500)
    call(days=20)
    lately = calls_lately(at=NOON)
    assert [day.calls for day in lately.days] == [5, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert dict(lately.days[0].types) == {"inbound": 4, "web": 1}
    assert (lately.inbound, lately.known) == (5, 3)
    assert list(lately.reasons) == [("pin", 3), ("rule:Web", 1), ("site-fallback", 1)]
    assert list(lately.not_live) == [("fallback", 1)]
    assert lately.slowest is not None
    assert lately.slowest.latency_ms == 80


def test_the_week_begins_with_a_day_and_what_vapi_dates_tomorrow_is_no_trouble(ada: Customer) -> None:
    call(days=6.4, reason="pin")
    call(days=6.6, reason="pin")
    call(days=-1, reason="pin")
    lately = calls_lately(at=NOON)
    assert (lately.reasons, lately.since) == ([("pin", 1)], datetime(2026, 6, 24, tzinfo=UTC))
    assert Call.objects.filter(created_at__gte=lately.since, created_at__lt=NOON).count() == 1


def test_without_calls_there_is_nothing_to_count(db: None) -> None:
    lately = calls_lately(at=NOON)
    assert (lately.inbound, lately.reasons, lately.slowest) == (0, [], None)
    assert sum(day.calls for day in lately.days) == 0


def test_rules_are_counted_since_then(db: None) -> None:
    for days in (1, 2, 8):
        call(days=days, rule="Gold callers")
    call(rule="Out of hours")
    call()
    assert calls_by_rule(since=NOON - timedelta(days=7)) == {"Gold callers": 2, "Out of hours": 1}


def test_results_of_a_variant_under_each_version(db: None) -> None:
    for seconds, success, outcome in ((10, "true", "hung-up"), (20, "False", "answered"), (90, "7", "hung-up")):
        call(variant="Desk", version=2, duration_s=seconds, success=success, outcome=outcome, cost="0.1")
    call(variant="Desk", version=3)
    call(days=40, variant="Desk", version=1)
    newest, older = results_by_version(since=NOON - timedelta(days=30))
    assert (newest.of, newest.calls, newest.median_s, newest.mean_cost) == ("3", 1, None, None)
    assert (older.calls, older.median_s, older.judged, older.passed) == (3, 20, 2, 1)
    assert (older.outcomes["hung-up"], older.outcomes["answered"], older.outcomes["failed"]) == (2, 1, 0)
    assert str(older.total_cost) == "0.300000"


def test_a_split_s_variants_stand_side_by_side(db: None) -> None:
    for variant, rule in (("A", "Half"), ("B", "Half"), ("B", "Half"), ("A", "Gold"), ("B", "")):
        call(variant=variant, rule=rule)
    found = results_of_splits(since=NOON - timedelta(days=30))
    assert [(each.of, each.variant, each.calls) for each in found] == [("Half", "A", 1), ("Half", "B", 2)]

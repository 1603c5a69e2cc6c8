"""What calls lately came to: counted by day, type and reason, by rule, and by who answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Avg, BooleanField, Case, Count, F, FloatField, Q, Sum, Value, When
from django.db.models.functions import Lower, TruncDate
from django.utils.timezone import localdate, make_aware

from customers.models import Call

Outcome = Call.Outcome
DAYS, WEEK = 14, 7
LIVE = "live"
# What PassFail, Vapi's usual rubric, says.
_PASSED, _FAILED = "true", "false"


@dataclass(frozen=True, slots=True)
class Day:
    """One day's calls by type."""

    day: date
    types: Mapping[str, int]

    @property
    def calls(self) -> int:
        """All of them."""
        return sum(self.types.values())


@dataclass(frozen=True, slots=True)
class CallsLately:
    """The last DAYS days one by one, today first; all else is of the last WEEK of them.

    `inbound` counts the calls that came, `known` those of customers we know; `not_live` counts answers by their source.
    `since` is when the week began.
    """

    days: Sequence[Day]
    inbound: int
    known: int
    reasons: Sequence[tuple[str, int]]
    not_live: Sequence[tuple[str, int]]
    slowest: Call | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Results:
    """What the calls came to that one variant answered, under a version or a rule.

    `judged` have a success evaluation of pass or fail, `passed` passed; `median_s` is in seconds, costs in USD.
    """

    variant: str
    of: str
    calls: int
    outcomes: Mapping[str, int]
    median_s: float | None
    judged: int
    passed: int
    total_cost: Decimal | None
    mean_cost: Decimal | None


class Median(Aggregate):
    """PostgreSQL's percentile_cont(0.5)."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def calls_lately(*, at: datetime) -> CallsLately:
    """The figures of the admin's first page; reads the calls of DAYS days."""
    today = localdate(at)
    days = {today - timedelta(days=back): Counter[str]() for back in range(DAYS)}
    week = today - timedelta(days=WEEK - 1)
    reasons, sources, known = Counter[str](), Counter[str](), Counter[bool]()
    for day, kind, reason, source, is_known, count in _groups(since=min(days), until=today):
        days[day][kind] += count
        if day >= week:
            reasons[reason] += count
            sources[source] += count
            known[is_known] += count if kind == Call.Type.INBOUND else 0
    since = midnight(week)
    return CallsLately(
        days=[Day(day, types) for day, types in days.items()],
        inbound=known.total(),
        known=known[True],
        reasons=[(reason, count) for reason, count in _most_first(reasons) if reason],
        not_live=[(source, count) for source, count in _most_first(sources) if source not in ("", LIVE)],
        slowest=_slowest(since=since),
        since=since,
    )


def midnight(day: date) -> datetime:
    """When the day begins, as figures count days."""
    return make_aware(datetime.combine(day, time.min))


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def calls_by_rule(*, since: datetime) -> dict[str, int]:
    """How many calls each rule matched from then on."""
    calls = Call.objects.order_by().filter(created_at__gte=since).exclude(rule="")
    return dict(calls.values_list("rule").annotate(Count("pk")))


def results_by_version(*, since: datetime) -> list[Results]:
    """Each variant under each published version; the newest version of each variant first."""
    return _results("version", since=since)


def results_of_splits(*, since: datetime) -> list[Results]:
    """Each variant under each rule that let several answer."""
    found = _results("rule", since=since)
    several = {rule for rule, count in Counter(each.of for each in found).items() if rule and count > 1}
    return sorted((each for each in found if each.of in several), key=lambda each: (each.of, each.variant))


def _groups(*, since: date, until: date) -> Any:
    """Day, type, reason, source, whether the caller is known, and how many calls; of both days and those between."""
    known = Case(
        When(customer__isnull=False, claimed=False, then=Value(True)), default=False, output_field=BooleanField()
    )
    within = {"created_at__gte": midnight(since), "created_at__lt": midnight(until + timedelta(days=1))}
    calls = Call.objects.order_by().filter(**within).annotate(day=TruncDate("created_at"), known=known)
    return calls.values_list("day", "type", "reason", "source", "known").annotate(Count("pk")).iterator()


def _slowest(*, since: datetime) -> Call | None:
    calls = Call.objects.filter(created_at__gte=since, latency_ms__isnull=False).only("latency_ms", "created_at")
    return calls.order_by("-latency_ms").first()


def _results(by: str, *, since: datetime) -> list[Results]:
    calls = Call.objects.order_by().filter(created_at__gte=since).exclude(variant="")
    counted = (
        calls.annotate(verdict=Lower("success"))
        .values("variant", by)
        .annotate(
            calls=Count("pk"),
            median_s=Median("duration_s"),
            judged=Count("pk", filter=Q(verdict__in=(_PASSED, _FAILED))),
            passed=Count("pk", filter=Q(verdict=_PASSED)),
            total_cost=Sum("cost"),
            mean_cost=Avg("cost"),
            **{_column(outcome): Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome.values},
        )
    )
    return [_result(row, by) for row in counted.order_by("variant", F(by).desc(nulls_last=True))]


def _result(row: dict[str, Any], by: str) -> Results:
    outcomes = {outcome: row.pop(_column(outcome)) for outcome in Outcome.values}
    return Results(of=str(row.pop(by) or ""), outcomes=outcomes, **row)


def _column(outcome: str) -> str:
    return f"ended_{outcome.replace('-', '_')}"

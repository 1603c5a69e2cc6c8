"""The page of results: what calls came to by variant and version, and side by side where a rule splits them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from assistants.admin.pages import demand, page
from customers.call_figures import Results, results_by_version, results_of_splits
from customers.formulas import defused
from customers.lengths import minutes
from customers.models import Call

PERMISSIONS = ("customers.view_call", "assistants.view_assistantvariant")
DAYS = 30
# Fewer calls say little: chance alone makes such differences.
ENOUGH = 100
Outcome = Call.Outcome


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, as it is shown and as a share of the row's calls, and where it leads ("": nowhere)."""

    text: str
    share: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One variant's results."""

    variant: str
    of: str
    few: bool
    cells: Sequence[Cell]


COLUMNS = ("Calls", "Length (median)", "Success", *(label.capitalize() for label in Outcome.labels), "Cost a call")


def results_view(request: HttpRequest) -> HttpResponse:
    """The last DAYS days; with `?format=csv` the table by version as a file."""
    for permission in PERMISSIONS:
        demand(request, permission)
    since = timezone.now() - timedelta(days=DAYS)
    versions = results_by_version(since=since)
    if request.GET.get("format") == "csv":
        return _as_csv(versions)
    context: dict[str, Any] = {
        "title": "Results",
        "days": DAYS,
        "enough": ENOUGH,
        "columns": COLUMNS,
        "versions": [_row(each, _of_version(each), since) for each in versions],
        "splits": [_row(each, {"rule": each.of}, since) for each in results_of_splits(since=since)],
    }
    return page(request, "assistants/results.html", **context)


def _of_version(results: Results) -> dict[str, str]:
    return {"version": results.of} if results.of else {"version__isnull": "True"}


def _row(results: Results, filters: dict[str, str], since: datetime) -> Row:
    asked = {"variant": results.variant, **filters, "created_at__gte": since.isoformat()}
    address = f"{reverse('admin:customers_call_changelist')}?{urlencode(asked)}"
    outcomes = (
        Cell(str(count), _share(count, results.calls), f"{address}&outcome={outcome}" if count else "")
        for outcome, count in results.outcomes.items()
    )
    cells = [
        Cell(str(results.calls), url=address),
        Cell(minutes(results.median_s), url=address),
        Cell(_share(results.passed, results.judged), f"of {results.judged}" if results.judged else "", address),
        *outcomes,
        Cell(f"${results.mean_cost:.3f}" if results.mean_cost is not None else "", url=address),
    ]
    return Row(results.variant, results.of, results.calls < ENOUGH, cells)


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.0f} %" if total else ""


def _as_csv(results: Sequence[Results]) -> HttpResponse:
    answer = HttpResponse(
        content_type="text/csv", headers={"Content-Disposition": 'attachment; filename="results.csv"'}
    )
    writer = csv.writer(answer)
    columns = ("variant", "version", "calls", "median_s", "judged", "passed", *Outcome.values, "cost_usd")
    writer.writerow(columns)
    for each in results:
        writer.writerow(
            (
                defused(each.variant),
                each.of,
                each.calls,
                each.median_s,
                each.judged,
                each.passed,
                *each.outcomes.values(),
                each.total_cost,
            )
        )
    return answer

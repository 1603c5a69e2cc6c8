"""How long the admin's pages and the API's lists take where there are many calls, asked in this very process.

Runs within `manage.py shell`, in the database of bench/pages.py.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.call_rows import DAYS, OLD, RARE, insert_calls
from bench.people import number_of
from customers.call_figures import WEEK, calls_by_rule, calls_lately, results_by_version, results_of_splits
from customers.models import Call, Customer
from customers.unknown_callers import unknown_callers
from personalization.api.models import ApiKey, Scope

AIM_MS = 300
_TIMES = 5
_HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Timed:
    """Something that was asked, and how long it took, in milliseconds: the median of a few times."""

    label: str
    ms: float


class Unanswered(Exception):
    """A page or list that gives no answer worth timing; the sentence names it."""


def measure(*, times: int = _TIMES) -> list[Timed]:
    """Asks everything so many times. Raises Unanswered."""
    return [_timed(label, ask, times) for label, ask in (*_figures(), *_pages(), *_lists())]


def table(timed: list[Timed], *, calls: int) -> str:
    """Several lines of text."""
    head = f"{calls:,} calls over {DAYS} days, median of {_TIMES}"
    rows = (f"{each.label:<58}{each.ms:>8,.1f}" for each in timed)
    return "\n".join([f"{head:<58}{'ms':>8}   aim: under {AIM_MS}", *rows])


def report(*, calls: int, people: int) -> None:
    """Adds the calls and what PostgreSQL's own housekeeping makes of them; measures, and prints."""
    with connection.cursor() as cursor:
        insert_calls(cursor, calls=calls, people=people)
        cursor.execute("VACUUM ANALYZE customers_call")
    print(table(measure(), calls=calls), flush=True)


def _timed(label: str, ask: Callable[[], object], times: int) -> Timed:
    ask()
    took = []
    for _ in range(times):
        cache.clear()
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    return Timed(label, 1000 * median(took))


def _figures() -> Iterator[tuple[str, Callable[[], object]]]:
    now = timezone.now()
    month = now - timedelta(days=30)
    yield "figures: the first page", lambda: calls_lately(at=now)
    yield "figures: calls by rule", lambda: calls_by_rule(since=now - timedelta(days=WEEK))
    yield "figures: results by version", lambda: results_by_version(since=month)
    yield "figures: results of splits", lambda: results_of_splits(since=month)
    yield "figures: unknown callers", lambda: unknown_callers(at=now)


def _pages() -> Iterator[tuple[str, Callable[[], object]]]:
    client = Client(SERVER_NAME=_HOST)
    client.force_login(User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)[0])
    customer, call = Customer.objects.order_by("pk")[0].pk, Call.objects.latest("created_at").pk
    paths = {
        "page: first": "/admin/",
        "page: customer": f"/admin/customers/customer/{customer}/change/",
        "page: timeline": f"/admin/customers/customer/{customer}/calls/",
        "page: call": f"/admin/customers/call/{call}/change/",
        "page: calls": "/admin/customers/call/",
        "page: calls, by number": "/admin/customers/call/?" + urlencode({"q": number_of(7)}),
        "page: calls, of a rare rule": "/admin/customers/call/?" + urlencode({"rule": RARE}),
        "page: calls, of an old rule": "/admin/customers/call/?" + urlencode({"rule": OLD}),
        "page: rules": "/admin/assistants/routingrule/",
    }
    for label, path in paths.items():
        yield label, _asker(client, path, {})


def _lists() -> Iterator[tuple[str, Callable[[], object]]]:
    client = Client(SERVER_NAME=_HOST)
    _, key = ApiKey.objects.make(name="bench", scopes=[Scope.CALLS_READ])
    headers = {"Authorization": f"Bearer {key}"}
    for query in _queries():
        yield f"/api/calls?{query}", _asker(client, f"/api/calls?{query}", headers)
    customer = Customer.objects.order_by("pk")[0].public_id
    yield f"/api/customers/{customer}/calls", _asker(client, f"/api/customers/{customer}/calls", headers)


def _queries() -> Iterator[str]:
    """Each filter with something frequent, something rare and something that there is not."""
    yield ""
    yield urlencode({"number": number_of(7)})
    yield urlencode({"customer": "c7"})
    yield urlencode({"claimed": "true"})
    middle = timezone.now() - timedelta(days=DAYS / 2)
    yield urlencode({"created_since": middle.isoformat()})
    yield urlencode({"created_until": middle.isoformat()})
    for name, values in {
        "type": ("inbound", "outbound", "other"),
        "line": ("Line 1", "None"),
        "rule": ("Rule 1", RARE, OLD, "None"),
        "variant": ("Variant 1", "None"),
        "reason": ("rule:Rule 1", f"rule:{OLD}", "None"),
        "ended_reason": ("customer-ended-call", "pipeline-error-openai-llm-failed", "None"),
        "outcome": ("hung-up", "failed", "rejected"),
        "metadata[orderId]": ("77", "none"),
        "metadata[shop]": ("7",),
    }.items():
        yield from (urlencode({name: value}) for value in values)
    yield urlencode({"rule": OLD, "outcome": "failed"})


def _asker(client: Client, path: str, headers: dict[str, str]) -> Callable[[], object]:
    def ask() -> None:
        answer = client.get(path, headers=headers)
        if answer.status_code != 200:
            raise Unanswered(f"{path} answers {answer.status_code}.")

    return ask

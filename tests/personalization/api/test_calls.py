"""Calls over HTTP: found by filters, page by page; of one customer; one with its transcript."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from customers.models import Call, Customer
from personalization.api.models import Scope
from tests.conftest import customer
from tests.personalization.api.conftest import Api, KeyFor, fields

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def call(vapi_id: str, *, hours: int = 0, **facts: Any) -> Call:
    """A recorded call, so many hours after noon."""
    return Call.objects.create(vapi_id=vapi_id, created_at=NOON + timedelta(hours=hours), **facts)


@pytest.fixture
def calls(ada: Customer) -> None:
    """Three of Ada's, one of Ben's, one of somebody unknown."""
    gold: dict[str, Any] = {
        "rule": "Gold callers",
        "variant": "VIP desk",
        "version": 3,
        "reason": "rule:Gold callers",
        "line": "US",
    }
    call("first", customer=ada, number="+13035550101", type="inbound", outcome="hung-up", **gold)
    call("second", hours=1, customer=ada, type="web", metadata={"orderId": 42, "shop": "Mill", "paid": True})
    call("third", hours=2, customer=ada, claimed=True, type="web", metadata={"orderId": "42"})
    call("bens", hours=3, customer=customer(None, "Ben Okafor"), number="sip:ben@example.com", type="outbound")
    call("unknown", hours=4, number="+447911123456", type="inbound", ended_reason="silence-timed-out", reason="pin")


def found(answer: Any) -> list[str]:
    return [each["id"] for each in answer.json["results"]]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["unknown", "bens", "third", "second", "first"]),
        ("customer=c001", ["third", "second", "first"]),
        ("customer=c001&type=web&claimed=false", ["second"]),
        ("customer=nobody", []),
        ("claimed=true", ["third"]),
        ("number=(303) 555-0101", ["first"]),
        ("number=0044 7911 123456", ["unknown"]),
        ("number=SIP:ben@example.com", ["bens"]),
        ("created_since=2026-06-03T15:00:00Z", ["unknown", "bens"]),
        ("created_until=2026-06-03T14:00:00%2B02:00", []),
        ("created_until=2026-06-03T13:00:00Z", ["first"]),
        ("type=outbound", ["bens"]),
        ("line=US", ["first"]),
        ("rule=Gold callers", ["first"]),
        ("variant=VIP desk", ["first"]),
        ("reason=rule:Gold callers", ["first"]),
        ("reason=pin", ["unknown"]),
        ("ended_reason=silence-timed-out", ["unknown"]),
        ("outcome=hung-up", ["first"]),
        ("outcome=failed", []),
        ("metadata[orderId]=42", ["third", "second"]),
        ("metadata[orderId]=42&metadata[shop]=Mill", ["second"]),
        ("metadata[paid]=true", ["second"]),
        ("metadata[orderId]=4", []),
    ],
)
def test_filters(api: Api, calls: None, query: str, ids: list[str]) -> None:
    assert found(api.get(f"/api/calls?{query}")) == ids


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("created_since=yesterday", "created_since"),
        ("type=letter", "type"),
        ("outcome=great", "outcome"),
        ("since=2026-06-03", "since"),
        ("metadata=42", "metadata"),
        ("metadata[]=42", "metadata[]"),
        ("metadata[a%00b]=42", "metadata[a\0b]"),
        ("line=%00", "line"),
        ("version=3", "version"),
        ("cursor=nonsense", "cursor"),
        ("cursor=cD1ub25zZW5zZQ==", "cursor"),
        ("cursor=cD0yMDI2LTEzLTAx", "cursor"),
    ],
)
def test_what_no_filter_can_mean_is_said(api: Api, query: str, field: str) -> None:
    answer = api.get(f"/api/calls?{query}")
    assert (answer.status, list(fields(answer))) == (400, [field])


def test_an_item_says_all_but_the_transcript(api: Api, ada: Customer) -> None:
    facts: dict[str, Any] = {
        "type": "inbound",
        "status": "ended",
        "claimed": False,
        "number": "+13035550101",
        "line": "US support",
        "ended_reason": "customer-ended-call",
        "outcome": "hung-up",
        "duration_s": 61.5,
        "summary": "Asked about an order.",
        "success": "true",
        "structured_data": {"topic": "order"},
        "has_recording": True,
        "metadata": {"customerId": "c001"},
        "reason": "rule:Gold callers",
        "rule": "Gold callers",
        "variant": "VIP desk",
        "version": 3,
        "source": "live",
        "latency_ms": 2.5,
    }
    call("first", customer=ada, started_at=NOON, ended_at=NOON, cost="0.125", transcript="AI: Hello!", **facts)
    [item] = api.get("/api/calls").json["results"]
    noon = "2026-06-03T12:00:00Z"
    times = {"created_at": noon, "started_at": noon, "ended_at": noon, "erased_at": None}
    assert item == facts | times | {"id": "first", "customer": "c001", "cost": 0.125}
    assert api.get("/api/calls/first").json == item | {"transcript": "AI: Hello!"}


def test_who_read_a_transcript_is_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "personalization.calls")
    call("first", transcript="AI: Hello!")
    call("second")
    for path in ("/api/calls/first", "/api/calls/second", "/api/calls"):
        api.get(path)
    assert [line.msg for line in caplog.records if line.name == "personalization.calls"] == [
        {"call": "first", "transcript": "read", "by": "the API key “CRM”"}
    ]


def test_a_customer_s_calls_are_found_below_the_customer(api: Api, calls: None) -> None:
    assert found(api.get("/api/customers/c001/calls")) == ["third", "second", "first"]
    answer = api.get(f"/api/customers/id:{Customer.objects.get(name='Ben Okafor').pk}/calls/")
    assert found(answer) == ["bens"]
    assert answer.json["results"][0]["customer"] == f"id:{Customer.objects.get(name='Ben Okafor').pk}"


@pytest.mark.parametrize("path", ["/api/customers/nobody/calls", "/api/calls/none", "/api/calls/no%00ne"])
def test_what_is_not_there_is_said(api: Api, calls: None, path: str) -> None:
    answer = api.get(path)
    assert (answer.status, answer.json["title"]) == (404, "Not Found")


def test_calls_take_a_scope_of_their_own(key_for: KeyFor, calls: None) -> None:
    for path in ("/api/calls", "/api/calls/first", "/api/customers/c001/calls"):
        assert key_for(Scope.CALLS_READ).get(path).status == 200
        assert key_for(Scope.CUSTOMERS_READ).get(path).status == 403


def test_pages_lead_to_one_another_also_where_many_calls_are_of_one_moment(api: Api, ada: Customer) -> None:
    Call.objects.bulk_create(
        Call(vapi_id=f"call-{number}", line="US", created_at=NOON - timedelta(seconds=number // 60))
        for number in range(120)
    )
    pages = [api.get(f"/api/calls?line={quote('US')}").json]
    while following := pages[-1]["next"]:
        pages.append(api.get(f"/api/calls?{urlsplit(following).query}").json)
    assert [len(page["results"]) for page in pages] == [50, 50, 20]
    assert len({each["id"] for page in pages for each in page["results"]}) == 120
    assert api.get(f"/api/calls?{urlsplit(pages[1]['previous']).query}").json["results"] == pages[0]["results"]


def test_what_was_erased_stays_listed_without_the_person(api: Api, calls: None) -> None:
    api("DELETE", "/api/customers/c001")
    item = api.get("/api/calls/first").json
    assert (item["customer"], item["number"], item["outcome"]) == (None, "", "hung-up")
    assert item["erased_at"]
    assert api.get("/api/customers/c001/calls").status == 410

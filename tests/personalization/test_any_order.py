"""Whatever Vapi tells of a call, in whatever order and twice, by itself or asked: the record is the same in the end."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.call_news import CallNews
from customers.models import Call
from customers.reports import record
from personalization.call_messages import read_call_news
from personalization.call_sync import read_call

PAYLOADS = Path(__file__).parent.parent / "payloads"
AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
REPORT = json.loads((PAYLOADS / "end-of-call-report.json").read_text())["message"]
CALL = REPORT["call"]


def message(**facts: Any) -> CallNews:
    return read_call_news({"message": {"timestamp": 1793610200000, "call": CALL} | facts}, at=AT)


def at_vapi(**facts: Any) -> CallNews:
    return read_call(CALL | {"updatedAt": "2026-11-02T09:04:00.000Z"} | facts, at=AT)


ENDED = {name: REPORT[name] for name in ("startedAt", "endedAt", "endedReason", "cost")}
NEWS = (
    message(type="status-update", status="ringing", timestamp=1793610001000),
    message(type="status-update", status="in-progress", timestamp=1793610002700),
    message(type="status-update", status="ended", timestamp=1793610193000, endedReason="hangup"),
    message(type="end-of-call-report", endedReason="customer-ended-call"),
    message(type="end-of-call-report", timestamp=1793610210000, cost=0.25, analysis={"summary": "She asked."}),
    message(**{name: value for name, value in REPORT.items() if name != "timestamp"}, timestamp=1793610205000),
    message(type="end-of-call-report", call={"id": CALL["id"]}),
    at_vapi(status="queued"),
    at_vapi(status="in-progress", startedAt=REPORT["startedAt"]),
    at_vapi(status="ended", endedReason="customer-ended-call"),
    at_vapi(
        status="ended", **ENDED, analysis={"summary": "…"}, artifact={"transcript": "AI: Hello", "recordingUrl": "x"}
    ),
)


def row(*told: CallNews) -> dict[str, Any]:
    Call.objects.all().delete()
    for news in told:
        record(news)
    return model_to_dict(Call.objects.get(), exclude=["id"])


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(NEWS), min_size=1, max_size=6, unique_by=id), st.data())
def test_the_order_makes_no_difference_nor_does_hearing_it_twice(told: list[CallNews], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations([*told, *told]))
    assert row(*told) == row(*shuffled)


@pytest.mark.django_db
def test_each_fact_is_of_the_best_that_told_of_it() -> None:
    known = row(*NEWS)
    assert (known["summary"], str(known["cost"]), known["transcript"]) == (
        "She asked.",
        "0.250000",
        REPORT["artifact"]["transcript"],
    )
    assert (known["duration_s"], known["has_recording"], known["ended_reason"]) == (190.5, True, "customer-ended-call")
    assert known["started_at"] == datetime(2026, 11, 2, 9, 0, 2, tzinfo=UTC)
    assert (known["status"], known["lesser_sources"]) == ("ended", {})

"""Calls whose webhook never came are fetched; what came by itself stands, and what is gone stays away."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from customers.erasing import erase_customer
from customers.models import Call, Customer, Duty, FetchedCalls
from customers.spool import Spool
from personalization import call_sync
from tests.conftest import post
from tests.vapi_fake import Answer, FakeVapi

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]
NOW = datetime.now(UTC).replace(microsecond=0)
ENDED: dict[str, Any] = {
    "type": "inboundPhoneCall",
    "status": "ended",
    "endedReason": "customer-ended-call",
    "cost": 0.2134,
    "customer": {"number": "+13035550101"},
    "analysis": {"summary": "Ada asked.", "successEvaluation": "true", "structuredData": {"topic": "order"}},
    "artifact": {"transcript": "AI: Hello Ada!", "recordingUrl": "https://storage.example.com/secret.wav?X-Amz=1"},
    "monitor": {"listenUrl": "wss://secret-listen", "controlUrl": "https://secret-control"},
    "assistantOverrides": {"metadata": {"site": "shop"}},
}


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personalization.management.commands.sync_calls.PACE_S", 0)


def at_vapi(vapi: FakeVapi, *, ago: timedelta = timedelta(hours=1), **facts: Any) -> dict[str, Any]:
    """A call at Vapi of two minutes and a half, made so long ago."""
    made = NOW - ago
    times = {name: iso(made + timedelta(seconds=s)) for name, s in (("createdAt", 0), ("startedAt", 2))}
    times |= {name: iso(made + timedelta(seconds=152.5)) for name in ("endedAt", "updatedAt")}
    return vapi.add("call", **times | ENDED | facts)


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sync(*arguments: str) -> str:
    said = StringIO()
    call_command("sync_calls", *arguments, stdout=said, stderr=said)
    return said.getvalue().strip()


def test_a_call_that_we_never_heard_of(vapi: FakeVapi, ada: Customer) -> None:
    at_vapi(vapi)
    assert sync() == "1 call seen: 1 new, 0 completed, 0 unchanged."
    call = Call.objects.get()
    assert (call.type, call.status, call.ended_reason) == ("inbound", "ended", "customer-ended-call")
    assert (call.customer, call.number, call.metadata) == (ada, "+13035550101", {"site": "shop"})
    assert (call.transcript, call.summary, call.success) == ("AI: Hello Ada!", "Ada asked.", "true")
    assert (call.duration_s, str(call.cost), call.has_recording) == (150.5, "0.213400", True)
    assert "secret" not in json.dumps(model_to_dict(call), default=str)


def test_a_broken_character_does_not_cost_the_call(vapi: FakeVapi) -> None:
    at_vapi(vapi, artifact={"transcript": "AI: Hello \ud83d"})
    assert sync() == "1 call seen: 1 new, 0 completed, 0 unchanged."
    assert Call.objects.get().transcript == "AI: Hello ?"


def test_again_changes_nothing(vapi: FakeVapi) -> None:
    at_vapi(vapi)
    sync()
    before = Call.objects.get().updated_at
    assert sync() == "1 call seen: 0 new, 0 completed, 1 unchanged."
    assert Call.objects.get().updated_at == before


def test_a_call_whose_report_never_came_is_completed(vapi: FakeVapi) -> None:
    known = at_vapi(vapi)
    Call.objects.create(vapi_id=known["id"], status="in-progress", created_at=NOW)
    assert sync() == "1 call seen: 0 new, 1 completed, 0 unchanged."
    assert Call.objects.get().summary == "Ada asked."


def test_a_call_under_way_gives_its_status_only(vapi: FakeVapi) -> None:
    at_vapi(vapi, status="in-progress", endedAt=None)
    sync()
    call = Call.objects.get()
    assert (call.status, call.ended_at, call.transcript, call.reported_at) == ("in-progress", None, "", None)


def test_a_report_is_not_overwritten_by_something_poorer(vapi: FakeVapi) -> None:
    body = json.loads((Path(__file__).parent.parent / "payloads" / "end-of-call-report.json").read_text())
    post(body)
    call_command("housekeeping", "--once")
    before = model_to_dict(Call.objects.get())
    poorer: dict[str, Any] = {"artifact": {"transcript": "AI:"}, "cost": 0.1, "customer": None}
    at_vapi(vapi, id=body["message"]["call"]["id"], **poorer)
    assert sync().endswith("1 unchanged.")
    assert model_to_dict(Call.objects.get()) == before


def test_somebody_erased_stays_so(vapi: FakeVapi, ada: Customer, settings: Any) -> None:
    at_vapi(vapi)
    at_vapi(vapi, customer={}, assistantOverrides={"metadata": {"customerId": "c001"}})
    erase_customer("c001", spool=Spool(settings.DATA_DIR / "spool"), by="Grace", at=NOW)
    sync()
    assert [(call.number, call.transcript, call.customer) for call in Call.objects.all()] == [("", "", None)] * 2


def test_every_call_of_a_moment_is_seen_once(vapi: FakeVapi) -> None:
    for number in range(130):
        at_vapi(vapi, ago=timedelta(hours=1, seconds=number // 120), artifact={})
    assert sync("--since", str(NOW.date() - timedelta(days=1))).startswith("130 calls seen: 130 new")


def test_an_interrupted_run_goes_on_where_it_was(vapi: FakeVapi) -> None:
    for days in (9, 5, 1):
        at_vapi(vapi, ago=timedelta(days=days, hours=1))
    since = str((NOW - timedelta(days=10)).date())
    vapi.next_answers = [vapi.page_of("call", 0), *[Answer(200, [])] * 3, Answer(401, {})]
    with pytest.raises(CommandError, match="VAPI_API_KEY"):
        sync("--since", since)
    vapi.sent.clear()
    assert sync() == "2 calls seen: 2 new, 0 completed, 0 unchanged."
    assert min(each.query["createdAtGe"] for each in vapi.sent) > since + "T23"


def test_the_next_run_begins_a_day_before_the_last(vapi: FakeVapi) -> None:
    sync()
    assert len(vapi.sent) == 30
    vapi.sent.clear()
    sync()
    assert len(vapi.sent) == 2


def test_a_gap_is_not_forgotten(vapi: FakeVapi) -> None:
    long_ago = NOW - timedelta(days=20)
    FetchedCalls.objects.create(pk=1, complete_to=long_ago)
    sync("--since", iso(NOW - timedelta(days=2)))
    assert FetchedCalls.objects.get().complete_to == long_ago
    sync()
    assert FetchedCalls.objects.filter(complete_to__gt=NOW - timedelta(minutes=1)).exists()


def test_calls_that_were_made_for_later_are_asked_for_one_by_one(vapi: FakeVapi) -> None:
    made, gone = at_vapi(vapi, ago=timedelta(days=60)), NOW - timedelta(days=50)
    Call.objects.create(vapi_id=made["id"], status="scheduled", created_at=gone)
    Call.objects.create(vapi_id="gone", status="scheduled", created_at=gone)
    assert sync() == "1 call seen: 0 new, 1 completed, 0 unchanged."


def test_one_that_cannot_be_stored_keeps_no_other(vapi: FakeVapi) -> None:
    at_vapi(vapi, id="", ago=timedelta(hours=3))
    at_vapi(vapi)
    assert sync() == "2 calls seen: 1 new, 0 completed, 0 unchanged, 1 that cannot be stored (the log says why)."


def test_transcripts_that_are_too_old_do_not_come(vapi: FakeVapi, settings: Any) -> None:
    settings.CALL_RETENTION_DAYS = 50
    for days in (29, 31, 51):
        at_vapi(vapi, ago=timedelta(days=days))
    assert sync("--since", "2020-01-01").startswith("2 calls seen")
    assert [bool(call.transcript) for call in Call.objects.all()] == [True, False]


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "2999-01-01"])
def test_a_date_that_is_none(vapi: FakeVapi, since: str) -> None:
    with pytest.raises(CommandError, match=r"no date|future"):
        sync("--since", since)


def test_a_refusal_is_one_sentence_and_is_noted(vapi: FakeVapi) -> None:
    vapi.next_answers = [Answer(401, {})]
    with pytest.raises(CommandError, match="key in VAPI_API_KEY"):
        sync()
    duty = Duty.objects.get()
    assert (duty.name, duty.failed, duty.done_at) == (call_sync.DUTY, True, None)
    assert "VAPI_API_KEY" in duty.outcome

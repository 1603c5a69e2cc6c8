"""Housekeeping does what is due, one machine at a time, and one thing that fails keeps nothing else from being done."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from customers.duties import Step
from customers.models import Call, Duty
from personalization import metrics, regular_duties
from personalization.regular_duties import DUTIES, do_what_is_due, note_that_it_runs
from tests.conftest import post
from tests.vapi_fake import Answer, FakeVapi

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def done(at: datetime = NOW, stop: Event | None = None) -> list[str]:
    return [outcome.sentence for outcome in do_what_is_due(at=at, stop=stop or Event())]


def test_each_is_done_when_it_is_due(vapi: FakeVapi) -> None:
    assert [sentence.partition(":")[0] for sentence in done()] == ["Retention", "Missed calls"]
    assert done(NOW + timedelta(minutes=59)) == []
    assert done(NOW + timedelta(hours=1)) == ["Missed calls: 0 calls seen: 0 new, 0 completed, 0 unchanged."]
    assert done(NOW + timedelta(days=1))[0] == "Retention: 0 transcripts and 0 calls removed."


def test_without_a_key_nobody_asks_vapi(vapi: FakeVapi, settings: Any) -> None:
    settings.VAPI_API_KEY = ""
    assert done() == ["Retention: 0 transcripts and 0 calls removed."]
    assert vapi.sent == []


def test_what_failed_is_said_in_one_sentence_and_tried_again_later(
    vapi: FakeVapi, caplog: pytest.LogCaptureFixture
) -> None:
    vapi.next_answers = [Answer(401, {})]
    assert "refused the key in VAPI_API_KEY" in done()[1]
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.exc_info is None
    assert done(NOW + timedelta(minutes=9)) == []
    assert done(NOW + timedelta(minutes=10)) == ["Missed calls: 0 calls seen: 0 new, 0 completed, 0 unchanged."]


def test_one_that_breaks_does_not_keep_others_from_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(at: datetime) -> Iterator[Step]:
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(regular_duties, "DUTIES", [replace(DUTIES[0], name="broken", steps=broken), DUTIES[0]])
    assert done() == ["Broken: it broke off: the log says more.", "Retention: 0 transcripts and 0 calls removed."]
    assert Duty.objects.get(name="broken").outcome == "ZeroDivisionError: the log says more."


def test_told_to_stop_it_leaves_off_and_is_due_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Event()

    def long(at: datetime) -> Iterator[Step]:
        for count in range(1, 10):
            yield Step(f"{count} done.", count, count / 10)
            stop.set()

    monkeypatch.setattr(regular_duties, "DUTIES", [replace(DUTIES[0], steps=long), DUTIES[0]])
    assert done(stop=stop) == ["Retention: 2 done. Not finished."]
    assert Duty.objects.get(name="retention").failed


def test_what_another_machine_is_at_is_left_to_it() -> None:
    info = connection.connection.info
    other = f"host={info.host} port={info.port} user={info.user} password={info.password} dbname={info.dbname}"
    with psycopg.connect(other, autocommit=True) as busy:
        busy.execute("SELECT pg_advisory_lock(hashtext('duty retention'))")
        assert done() == []
        busy.execute("SELECT pg_advisory_unlock(hashtext('duty retention'))")
    assert done()


def test_a_database_that_is_gone_is_for_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(at: datetime) -> Iterator[Step]:
        raise OperationalError
        yield

    monkeypatch.setattr(regular_duties, "DUTIES", [replace(DUTIES[0], steps=cut_off)])
    with pytest.raises(OperationalError):
        done()


def test_metrics_say_when() -> None:
    done()
    note_that_it_runs(at=NOW)
    assert metrics.DUTY_DONE.labels("retention")._value.get() == NOW.timestamp()


def test_once_does_all_of_it_and_stores_reports_last() -> None:
    call = {"id": "call-1", "type": "inboundPhoneCall", "createdAt": "2020-01-01T00:00:00Z"}
    post({"message": {"type": "end-of-call-report", "call": call, "artifact": {"transcript": "AI: Hello!"}}})
    said = StringIO()
    call_command("housekeeping", "--once", stdout=said)
    assert said.getvalue().splitlines() == [
        "Retention: 0 transcripts and 0 calls removed.",
        "1 messages stored, 0 set aside.",
    ]
    assert Call.objects.get().transcript == "AI: Hello!"


def test_once_tells_by_its_status_that_something_failed_after_doing_all_else(vapi: FakeVapi) -> None:
    post({"message": {"type": "end-of-call-report", "call": {"id": "call-1", "type": "inboundPhoneCall"}}})
    vapi.next_answers = [Answer(401, {})]
    said = StringIO()
    with pytest.raises(CommandError, match=r"^Not done \(missed calls\): .*refused the key in VAPI_API_KEY"):
        call_command("housekeeping", "--once", stdout=said)
    assert said.getvalue().splitlines() == [
        "Retention: 0 transcripts and 0 calls removed.",
        "1 messages stored, 0 set aside.",
    ]
    with pytest.raises(CommandError, match="refused the key"):  # not due again yet, and not done either
        call_command("housekeeping", "--once", stdout=said)
    assert len(vapi.sent) == 1

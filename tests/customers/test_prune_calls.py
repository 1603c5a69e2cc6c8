"""Transcripts go after their time, calls after theirs, in batches; nothing brings back what is gone."""

import os
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from customers import retention
from customers.call_news import CallNews
from customers.models import Call, Customer, Duty, StartedCall
from customers.reports import record
from customers.spool import Spool

pytestmark = pytest.mark.django_db


def call(days_ago: float, **facts: Any) -> Call:
    """A call of so many days ago with all that is kept of one."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    said = {"transcript": "AI: Hello Ada!", "summary": "Ada asked.", "structured_data": {"topic": "order"}}
    known = {"vapi_id": f"call-{Call.objects.count()}", "created_at": at, "ended_at": at} | said
    return Call.objects.create(**known | facts)


def prune(*arguments: str) -> str:
    said = StringIO()
    call_command("prune_calls", *arguments, stdout=said)
    return said.getvalue().strip()


def test_each_after_its_time(ada: Customer) -> None:
    young, old, oldest = call(29), call(31, customer=ada), call(401)
    assert prune() == "2 transcripts and 1 call removed."
    young.refresh_from_db()
    old.refresh_from_db()
    assert (young.transcript, old.transcript) == ("AI: Hello Ada!", "")
    assert (old.summary, old.structured_data, old.customer) == ("Ada asked.", {"topic": "order"}, ada)
    assert not Call.objects.filter(pk=oldest.pk).exists()
    assert prune() == "0 transcripts and 0 calls removed."


def test_the_settings_say_how_long(settings: Any) -> None:
    settings.TRANSCRIPT_RETENTION_DAYS, settings.CALL_RETENTION_DAYS = 1, 2
    call(0.5), call(1.5), call(2.5)
    assert prune() == "2 transcripts and 1 call removed."


def test_a_dry_run_only_counts() -> None:
    call(401)
    assert prune("--dry-run") == "1 transcript and 1 call would be removed."
    assert Call.objects.get().transcript
    assert not Duty.objects.exists()


def test_time_counts_from_a_call_s_end() -> None:
    call(500, ended_at=datetime.now(UTC) - timedelta(days=29))
    assert prune() == "0 transcripts and 0 calls removed."
    Call.objects.update(ended_at=None)  # never heard of again
    assert prune() == "1 transcript and 1 call removed."


def test_many_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    for _ in range(5):
        call(401)
    steps = list(retention.prune(at=datetime.now(UTC)))
    assert [step.sentence for step in steps][:2] == ["2 transcripts removed.", "4 transcripts removed."]
    assert steps[-1].sentence == "5 transcripts and 5 calls removed."
    assert [step.share for step in steps] == sorted(step.share for step in steps)


def test_a_late_report_does_not_bring_a_transcript_back() -> None:
    old = call(31, status="ended")
    prune()
    news = CallNews(old.vapi_id, told_at=datetime.now(UTC), final=True, transcript="AI: Hello Ada!", summary="Better.")
    kept = record(news)
    assert (kept.transcript, kept.summary) == ("", "Better.")


def test_keys_of_calls_that_we_began_go_too(ada: Customer) -> None:
    due = datetime.now(UTC) - timedelta(days=61)
    StartedCall.objects.create(customer=ada, decision_id="d1", type="outbound", created_at=due, due_at=due, version=1)
    assert prune("--dry-run") == "0 transcripts, 0 calls and 1 begun call would be removed."
    assert prune() == "0 transcripts, 0 calls and 1 begun call removed."
    assert not StartedCall.objects.exists()


def test_it_is_noted_when_it_was_done() -> None:
    prune()
    duty = Duty.objects.get()
    assert (duty.name, duty.failed, duty.outcome) == ("retention", False, "0 transcripts and 0 calls removed.")
    assert duty.done_at is not None


def test_two_do_not_do_it_at_once() -> None:
    info = connection.connection.info
    other = f"host={info.host} port={info.port} user={info.user} password={info.password} dbname={info.dbname}"
    with psycopg.connect(other, autocommit=True) as busy:
        busy.execute("SELECT pg_advisory_lock(hashtext('duty retention'))")
        with pytest.raises(CommandError, match="Somebody else is at it just now"):
            prune()
        busy.execute("SELECT pg_advisory_unlock(hashtext('duty retention'))")
    assert prune()


def test_messages_set_aside_go_too(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    spool = Spool(tmp_path / "spool")
    for days in (29, 31):
        spool.put(b"what was said")
        (message,) = spool.waiting()
        arrived = time.time_ns() - days * 86_400 * 10**9
        spool.put_aside(message.rename(message.with_name(f"{arrived:020}-{days}.json")))
    prune()
    assert [each.name[-7:] for each in spool.set_aside()] == ["29.json"]
    assert os.listdir(tmp_path / "spool") == ["set-aside"]

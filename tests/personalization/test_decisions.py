"""Each answer's way into the call's record: nothing waits for it, and nothing that breaks on it is heard."""

import itertools
import os
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.forms.models import model_to_dict

from assistants.decision_ids import new_decision_id, proves
from assistants.models import AssistantVariant, Line
from customers import decided_calls
from customers.decided_calls import DecidedCall, from_json
from customers.models import Call, Customer
from customers.reports import record
from customers.spool import DECISIONS, Spool
from personalization import decision_spool, metrics
from personalization.batches import Batches
from personalization.call_messages import read_call_news
from tests.conftest import call_from, customer, post, rule
from tests.personalization.test_reports import payload
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, 1, tzinfo=UTC)


def spooled() -> list[DecidedCall]:
    decision_spool.waiting.flush()
    batches = [path for path in Spool(settings.DATA_DIR / "spool").waiting() if path.suffix == DECISIONS]
    return [decision for path in batches for decision in from_json(path.read_bytes())]


def stored() -> Call:
    decision_spool.waiting.flush()
    call_command("housekeeping", "--once", verbosity=0)
    return Call.objects.get()


def test_what_was_answered_stands_in_the_call_s_record(
    ada: Customer, vip_desk: AssistantVariant, support_line: Line
) -> None:
    rule("Gold callers", vip_desk, ("tier", "is", "gold"))
    metadata = post(payload("assistant-request")).json["assistantOverrides"]["metadata"]
    call = stored()
    assert (call.vapi_id, call.type, call.customer, call.number, call.line) == (
        "01990000-0000-7000-8000-00000000000a", "inbound", ada, "+13035550101", "Support",
    )  # fmt: skip
    assert (call.reason, call.rule, call.variant, call.version) == (
        "rule:Gold callers", "Gold callers", "VIP desk", 1,
    )  # fmt: skip
    assert (call.source, call.created_at.isoformat()) == ("live", "2026-11-02T09:00:00+00:00")
    assert call.decided_at is not None
    assert 0 < (call.latency_ms or 0) < 5000
    assert metadata["decisionId"].startswith(f"{call.decision_id}.")
    assert proves(metadata["decisionId"], "c001")


def _in_any_order(tells: list[Callable[[], object]]) -> dict[str, Any]:
    rows = []
    for order in itertools.permutations(tells):
        Call.objects.all().delete()
        for tell in (*order, *order):
            tell()
        rows.append(model_to_dict(Call.objects.get(), exclude=["id"]))
    assert all(row == rows[0] for row in rows)
    return rows[0]


@pytest.mark.parametrize(("named", "is_signed"), [("c001", True), ("c002", True), ("c002", False)])
def test_whatever_the_order_the_record_is_the_same(
    named: str, is_signed: bool, ada: Customer, support_line: Line
) -> None:
    customer("c002", "Ben Okafor")
    decision_id = new_decision_id(named) if is_signed else "d-1"
    decided = DecidedCall(
        payload("assistant-request")["message"]["call"]["id"], AT, AT, "inbound", ada.pk, "+13035550101", "Support",
        decision_id[:32], "line-fallback", variant="Front desk", version=1, source="live", latency_ms=0.3,
    )  # fmt: skip
    tells: list[Callable[[], object]] = [lambda: decided_calls.store([decided])]
    for name in ("status-update", "status-update-ended", "end-of-call-report"):
        body = payload(name)
        body["message"]["call"]["assistantOverrides"] = {"metadata": {"customerId": named, "decisionId": decision_id}}
        news = read_call_news(body, at=AT)
        tells.append(lambda news=news: record(news))  # type: ignore[misc]
    row = _in_any_order(tells)
    assert (row["claimed"], row["variant"], row["outcome"]) == (False, "Front desk", "hung-up")
    assert row["customer"] == ada.pk


def test_a_withheld_number_is_not_kept(support_line: Line) -> None:
    call_from("anonymous")
    assert [(each.customer, each.number, each.line) for each in spooled()] == [(None, "", "Support")]


@pytest.mark.parametrize("call_id", [None, "", 5.5, ["x"]])
def test_without_an_id_there_is_no_record(call_id: Any, support_line: Line) -> None:
    assert post({"message": {"type": "assistant-request", "call": {"id": call_id}}}).status == 200
    assert spooled() == []


@pytest.mark.parametrize("call_id", ["\0\ud800" * 300, "x" * 600, "'; --", 7])
def test_any_id_can_be_kept(call_id: Any, support_line: Line) -> None:
    long_address = f"sip:{'a' * 200}@{'b' * 250}"
    call = {"id": call_id, "type": "?", "createdAt": "yesterday", "customer": {"sipUri": long_address}}
    assert post({"message": {"type": "assistant-request", "call": call}}).status == 200
    assert (stored().type, stored().reason) == ("other", "site-fallback")


def test_an_apology_is_recorded_too(support_line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personalization.views.assistant_reply", lambda *_, **__: 1 / 0)
    call_from("+13035550101")
    assert (stored().reason, stored().source, stored().variant) == ("error", "spoken", "")


def test_one_decision_that_cannot_be_stored_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = (DecidedCall(vapi_id, AT, AT, "inbound") for vapi_id in ("call-1", "x" * 201))
    Spool(settings.DATA_DIR / "spool").put(decided_calls.to_json([bad, good]), kind=DECISIONS)
    for _ in range(2):
        call_command("housekeeping", "--once")
    assert Call.objects.get().vapi_id == "call-1"
    assert capsys.readouterr().out.endswith("1 messages stored, 1 set aside.\n")


def test_a_full_disk_is_counted_and_said_once(
    support_line: Line, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    monkeypatch.setattr(decision_spool.logger, "propagate", True)
    before = metrics.DECISIONS_DROPPED._value.get()
    there, settings.DATA_DIR = settings.DATA_DIR, tmp_path / "file"
    settings.DATA_DIR.write_text("no folder")
    for _ in range(2):
        assert call_from("+13035550101").status == 200
        decision_spool.waiting.flush()
    assert metrics.DECISIONS_DROPPED._value.get() == before + 2
    assert [each.getMessage() for each in caplog.records if "takes no decisions" in each.getMessage()] == [
        "The spool takes no decisions (Not a directory): calls are answered, their records lack why."
    ]
    settings.DATA_DIR = there
    call_from("+13035550101")
    assert len(spooled()) == 1


def test_too_many_at_once_are_dropped_and_counted(support_line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_spool.waiting, "_most_waiting", 0)
    before = metrics.DECISIONS_DROPPED._value.get()
    assert call_from("+13035550101").status == 200
    assert metrics.DECISIONS_DROPPED._value.get() == before + 1
    assert spooled() == []


def _put_and_end(batches: Batches[int]) -> None:
    for number in range(1000):
        batches.put(number)


def test_a_process_that_ends_writes_what_it_has_first() -> None:
    read, write = os.pipe()

    def write_all(numbers: list[int]) -> None:
        os.write(write, b"".join(b"%d\n" % number for number in numbers))

    batches: Batches[int] = Batches("test", write_all, gather_s=3600, most_waiting=5000, last_words_s=5, ends=1)
    process = get_context("fork").Process(target=_put_and_end, args=(batches,), daemon=True)
    process.start()
    process.join(PATIENCE_S)
    assert process.exitcode == 0
    os.close(write)
    with open(read) as lines:
        assert [int(line) for line in lines] == list(range(1000))

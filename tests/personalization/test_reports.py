"""What Vapi reports of a call is kept, once, whatever order it comes in, and whatever stands in it."""

import itertools
import json
import logging
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.forms.models import model_to_dict

from assistants import live
from assistants.decision_ids import new_decision_id
from assistants.models import Line
from customers.models import Call, Customer
from customers.spool import Spool
from personalization import metrics
from tests.conftest import SECRET, customer, post, request

pytestmark = pytest.mark.django_db
PAYLOADS = Path(__file__).parent.parent / "payloads"
NAMES = ("status-update", "status-update-ended", "end-of-call-report")
the_copy_s_own = live.current
CALL_ID = "01990000-0000-7000-8000-00000000000a"


def payload(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return body


def report(**changes: Any) -> dict[str, Any]:
    body = payload("end-of-call-report")
    body["message"] |= changes
    return body


def stored() -> Call:
    call_command("housekeeping", "--once", verbosity=0)
    return Call.objects.get()


def test_a_report_ends_as_the_call_s_record(ada: Customer) -> None:
    assert (post(report()).status, post(report()).body) == (200, b"{}")
    call = stored()
    assert (call.vapi_id, call.type, call.customer, call.number) == (CALL_ID, "inbound", ada, "+13035550101")
    assert call.started_at == datetime(2026, 11, 2, 9, 0, 2, tzinfo=UTC)
    assert (call.duration_s, call.cost, call.ended_reason) == (190.5, Decimal("0.2134"), "customer-ended-call")
    assert (call.summary, call.success) == ("Ada asked where her order is.", "true")
    assert call.structured_data == {"topic": "order"}
    assert call.transcript.endswith("Where is my order?")
    assert (call.status, call.has_recording, call.metadata["decisionId"]) == ("ended", True, "d-1")


@pytest.mark.parametrize(("ended_at", "seconds"), [("2026-11-02T09:03:12.500Z", 190.5), ("2026-11-02T08:00:00Z", None)])
def test_a_duration_that_is_not_told_is_from_the_beginning_to_the_end(ended_at: str, seconds: float | None) -> None:
    post(report(durationSeconds=None, startedAt="2026-11-02T09:00:02Z", endedAt=ended_at))
    assert stored().duration_s == seconds


def test_the_line_is_kept_under_the_name_it_had(support_line: Line) -> None:
    post(payload("status-update"))
    assert stored().line == "Support"
    Line.objects.update(name="Help")
    post(report())
    assert stored().line == "Support"


def test_a_call_on_a_number_that_is_none_of_ours_has_no_line(support_line: Line) -> None:
    Line.objects.update(number="+13035550177")
    post(report())
    assert stored().line == ""


def test_a_number_without_its_country_code_is_read_as_the_decision_reads_it(support_line: Line) -> None:
    Line.objects.update(region="GB")
    body = report()
    for place in (body["message"], body["message"]["call"]):
        place["customer"] = {"number": "020 7946 0958"}
    post(body)
    assert stored().number == "+442079460958"


def test_a_node_without_a_copy_keeps_the_report_without_its_line(
    support_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "current", the_copy_s_own)
    assert post(report()).status == 200
    assert (stored().line, stored().vapi_id) == ("", CALL_ID)


@pytest.mark.parametrize("order", list(itertools.permutations(NAMES)))
def test_whatever_the_order_the_record_is_the_same(order: tuple[str, ...], ada: Customer) -> None:
    for name in (*order, *order):
        assert post(payload(name)).status == 200
    told = model_to_dict(stored(), exclude=["id"])
    Call.objects.all().delete()
    for name in NAMES:
        post(payload(name))
    assert model_to_dict(stored(), exclude=["id"]) == told


def test_a_later_report_stands_over_an_earlier_one() -> None:
    early = report(timestamp=1793610000000, summary="", analysis={"summary": "First guess"})
    late = report(timestamp=1793610009000, analysis={"summary": "Final words"})
    for body in (late, early):
        post(body)
    assert stored().summary == "Final words"


def test_nothing_that_lets_others_listen_is_kept() -> None:
    body = report()
    body["message"]["call"]["monitor"] = {"listenUrl": "wss://secret-listen", "controlUrl": "https://secret-control"}
    post(body)
    (message,) = Spool(settings.DATA_DIR / "spool").waiting()
    assert b"secret" not in message.read_bytes()
    assert b"storage.example.com" not in message.read_bytes()
    assert "storage.example.com" not in json.dumps(model_to_dict(stored()), default=str)


def test_broken_characters_cost_nothing_but_themselves() -> None:
    text = json.dumps(report(analysis={"summary": "a\0b\ud800c", "structuredData": {"k\0": ["\0", 1e308, None]}}))
    assert request(body=text.encode(), headers=SECRET).status == 200
    call = stored()
    assert (call.summary, call.structured_data) == ("ab?c", {"k": ["", None, None]})


def test_25_megabytes_are_taken() -> None:
    artifact = {"transcript": "word " * 10_000, "messages": [{"message": "x" * 1000}] * 24_000}
    assert post(report(artifact=artifact)).status == 200
    assert len(stored().transcript) == 50_000


def test_metadata_finds_the_customer_where_the_number_does_not(ada: Customer) -> None:
    body = report()
    for place in (body["message"], body["message"]["call"]):
        place["customer"] = {"number": "+13035550177"}
    post(body)
    assert stored().customer == ada


def test_a_shared_number_belongs_to_nobody(ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+13035550101")
    body = report()
    del body["message"]["call"]["assistantOverrides"]
    post(body)
    assert stored().customer is None


@pytest.mark.parametrize("call", [None, {}, {"id": 5.5}, {"id": ""}])
def test_a_report_of_no_call_is_set_aside_and_stops_no_other(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert post(report(call=call)).status == 200
    post(report())
    call_command("housekeeping", "--once")
    assert capsys.readouterr().out.endswith("\n1 messages stored, 1 set aside.\n")
    assert len(Spool(settings.DATA_DIR / "spool").set_aside()) == 1
    call_command("housekeeping", "--once", "--retry")
    assert "1 messages that were set aside are tried again." in capsys.readouterr().out


def test_a_full_disk_sends_a_report_straight_to_the_database(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("no folder")
    assert post(report()).status == 200
    assert Call.objects.get().vapi_id == CALL_ID


def test_what_can_be_kept_nowhere_is_asked_for_again(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("no folder")
    assert post(report(call=None)).status == 503


def test_a_reason_ends_as_one_of_our_outcomes() -> None:
    post(report(endedReason="call.in-progress.error-vapifault-worker-died"))
    assert (stored().outcome, stored().ended_reason) == ("failed", "call.in-progress.error-vapifault-worker-died")


@pytest.mark.parametrize("reason", ["assistant-request-returned-invalid-assistant", "assistant-request-failed"])
def test_an_answer_that_vapi_did_not_take_is_told_to_operators(
    reason: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("personalization"), "propagate", True)
    before = metrics.ANSWERS_NOT_TAKEN.labels(reason)._value.get()
    body = payload("status-update-ended")
    body["message"] |= {
        "endedReason": reason,
        "inboundPhoneCallDebuggingArtifacts": {"assistantRequestError": "Ada Example is no name"},
    }
    post(body)
    assert f"call {CALL_ID}: Vapi did not take our answer ({reason})" in caplog.text
    assert "Ada" not in caplog.text
    assert metrics.ANSWERS_NOT_TAKEN.labels(reason)._value.get() == before + 1


def test_card_numbers_are_masked_before_anything_is_kept() -> None:
    card = "4242 4242 4242 4242"
    body = report(
        analysis={"summary": f"Paid with {card}", "structuredData": {"card": card}, "successEvaluation": card},
        artifact={"transcript": f"User: {card}"},
    )
    body["message"]["call"]["assistantOverrides"]["metadata"]["note"] = card
    post(body)
    (message,) = Spool(settings.DATA_DIR / "spool").waiting()
    assert b"4242 4242" not in message.read_bytes()
    call = stored()
    assert (call.transcript, call.structured_data) == ("User: **** **** **** 4242", {"card": "**** **** **** 4242"})


def without_number(decision_id: str | None) -> dict[str, Any]:
    """A web call's report, whose metadata names c001."""
    body = report()
    body["message"]["call"] |= {"type": "webCall", "customer": None}
    body["message"]["customer"] = None
    body["message"]["call"]["assistantOverrides"]["metadata"] = {"customerId": "c001", "decisionId": decision_id}
    return body


def test_our_signature_proves_whose_call_it_is(ada: Customer) -> None:
    decision_id = new_decision_id("c001")
    post(without_number(decision_id))
    call = stored()
    assert (call.type, call.customer, call.claimed) == ("web", ada, False)
    assert decision_id.startswith(f"{call.decision_id}.")


@pytest.mark.parametrize("decision_id", [None, "d-1", new_decision_id("c002"), new_decision_id("")])
def test_whoever_names_a_customer_without_it_only_claims_to_be_one(decision_id: str | None, ada: Customer) -> None:
    post(without_number(decision_id))
    assert (stored().customer, stored().claimed, stored().decision_id) == (ada, True, "")


def test_a_squad_s_metadata_proves_it_too(ada: Customer) -> None:
    body = without_number(new_decision_id("c001"))
    body["message"]["call"]["squadOverrides"] = body["message"]["call"].pop("assistantOverrides")
    post(body)
    assert (stored().customer, stored().claimed) == (ada, False)


def test_a_claim_replaces_nobody_and_gives_way_to_everybody(ada: Customer) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550102")
    for first, second in ((True, False), (False, True)):
        Call.objects.all().delete()
        for is_claim in (first, second):
            body = without_number("forged")
            body["message"]["call"]["type"] = "inboundPhoneCall"
            if not is_claim:
                body["message"]["customer"] = {"number": "+13035550102"}
            post(body)
            call = stored()
        assert (call.customer, call.claimed) == (ben, False)


def test_news_of_another_release_is_stored_as_far_as_it_is_understood(ada: Customer) -> None:
    spool = Spool(settings.DATA_DIR / "spool")
    spool.put(b'{"vapi_id": "call-1", "told_at": "2026-11-02T09:00:00+00:00", "customer_id": "c001", "colour": "red"}')
    assert (stored().customer, stored().claimed) == (ada, True)

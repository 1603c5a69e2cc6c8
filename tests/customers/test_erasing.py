"""A person forgotten: everywhere, once and for all, and not brought back by the next import."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from reversion.models import Revision, Version

from assistants.models import AssistantVariant, Pin
from customers import history
from customers.call_news import CallNews
from customers.erasing import NobodyToErase
from customers.models import Call, ContactPoint, Customer, Erasure, StartedCall, Tombstone
from customers.reports import record
from customers.spool import Spool
from tests.conftest import customer
from tests.customers.erasing_cases import NOW, PERSONAL, call, erase, everything_stored
from tests.customers.importing_cases import Importer


def news(vapi_id: str, **facts: object) -> CallNews:
    values = {"customer_id": "c001", "created_at": NOW - timedelta(hours=1), "ended_reason": "hangup"}
    return CallNews(vapi_id, told_at=NOW, final=True, **PERSONAL | values | facts)  # type: ignore[arg-type]


def test_nothing_of_the_person_stays_in_any_table(ada: Customer, vip_desk: AssistantVariant, spool: Spool) -> None:
    sam = User.objects.create(username="sam")
    with history.keeping(ada.pk, by=sam, at=NOW):
        Customer.objects.update(notes="Ada's notes", email="ada@example.com")
    pin = Pin.objects.create(customer=ada, variant=vip_desk, until=NOW)
    pins = [pin, Pin.objects.create(number="+13035550101", variant=vip_desk, until=NOW)]
    LogEntry.objects.log_actions(sam.pk, [ada, *pins], ADDITION, single_object=False)
    call("call-1", customer=ada)
    call("call-2")
    erase(spool)
    stored = everything_stored()
    assert [trace for trace in ("Ada", "ada@", "3035550101") if trace in stored] == []
    assert not re.search("(?<![0-9a-f])c001(?![0-9a-f])", stored)  # a digest may hold it by chance
    assert not Pin.objects.exists()


def test_the_bare_record_of_calls_stays(ada: Customer, spool: Spool) -> None:
    call("call-1", customer=ada, ended_reason="hangup", duration_s=61.0, has_recording=True)
    receipt = erase(spool)
    kept = Call.objects.get()
    assert (kept.ended_reason, kept.duration_s, kept.has_recording) == ("hangup", 61.0, True)
    assert (kept.customer, kept.number, kept.structured_data, kept.metadata) == (None, "", None, {})
    assert receipt.call_ids == ["call-1"]


def test_calls_that_only_their_metadata_ties_to_the_person_are_stripped_too(ada: Customer, spool: Spool) -> None:
    """A web call has no number; it is nobody's where it came before the customer, or before a deletion."""
    call("call-1", number="", metadata={"customerId": "c001", "page": "Ada's basket"})
    call("call-2", number="", metadata={"customerId": "c002"})
    assert erase(spool).call_ids == ["call-1"]
    assert Call.objects.get(vapi_id="call-1").transcript == ""
    assert Call.objects.get(vapi_id="call-2").transcript == PERSONAL["transcript"]


def test_what_others_have_stays_theirs(ada: Customer, spool: Spool, imported: Importer) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550101")
    call("call-1", customer=ben)
    call("call-2")
    assert erase(spool).call_ids == []
    assert Call.objects.filter(number="+13035550101").count() == 2
    assert imported("external_id,phone\nc003,+13035550101\n").counts == (1, 0, 0, 0)


@pytest.mark.parametrize("aside", [False, True])
def test_reports_that_wait_on_disk_lose_what_is_personal(ada: Customer, spool: Spool, aside: bool) -> None:
    for each in (news("call-1"), news("call-2", number="+13035550199", customer_id="c002")):
        spool.put(each.to_json())
    for message in spool.waiting() if aside else ():
        spool.put_aside(message)
    receipt = erase(spool)
    mine, others = [json.loads(each.read_bytes()) for each in (spool.waiting() or spool.set_aside())]
    assert (mine["vapi_id"], mine["ended_reason"], mine["transcript"], mine["number"]) == ("call-1", "hangup", "", "")
    assert others["transcript"] == PERSONAL["transcript"]
    assert receipt.reports == 1


def test_a_broken_message_does_not_keep_the_others(ada: Customer, spool: Spool) -> None:
    for text in (b"broken", b"[]", news("call-1").to_json()):
        spool.put(text)
    assert erase(spool).reports == 1


def test_a_report_that_comes_later_brings_nothing_back(ada: Customer, spool: Spool) -> None:
    call("call-1", customer=ada)
    erase(spool)
    for vapi_id in ("call-1", "call-2"):
        kept = record(news(vapi_id))
        assert (kept.ended_reason, kept.transcript, kept.number, kept.metadata) == ("hangup", "", "", {})


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_only_one_message_need_tell_whose_call_it_was(ada: Customer, spool: Spool, order: tuple[int, int]) -> None:
    erase(spool)
    nameless = news("call-9", customer_id="", number="", metadata={})
    named = CallNews("call-9", told_at=NOW + timedelta(minutes=1), number="+13035550101", status="ended")
    for place in order:
        record((nameless, named)[place])
    stored = Call.objects.get()
    assert (stored.transcript, stored.summary, stored.structured_data, stored.erased_at) == ("", "", None, NOW)
    assert Erasure.objects.get().call_ids == ["call-9"]


def test_a_later_call_is_a_new_acquaintance(ada: Customer, spool: Spool) -> None:
    erase(spool)
    assert record(news("call-9", created_at=NOW + timedelta(days=1))).transcript == PERSONAL["transcript"]


@pytest.mark.parametrize("row", ["c001,", "c009,(303) 555-0101", ",+13035550101", "c001,+447911123456"])
def test_the_next_import_does_not_bring_the_person_back(
    ada: Customer, spool: Spool, imported: Importer, row: str
) -> None:
    erase(spool)
    again = imported(f"external_id,phone\n{row}\nc002,+13035550102\n")
    assert again.counts == (1, 0, 0, 1)
    assert again.problems == [
        "2: This person was erased on 2026-11-21: take the row out, or let staff lift the erasure."
    ]


def test_national_variants_are_known_again(db: None, spool: Spool, imported: Importer) -> None:
    customer("c001", "Carla", "+5491123456789")
    erase(spool)
    assert imported("external_id,phone\nc009,+541123456789\n").counts == (0, 0, 0, 1)


def test_our_own_ids_are_known_again(db: None, spool: Spool, imported: Importer) -> None:
    ben = customer(None, "Ben Okafor", "+13035550102")
    erase(spool, f"id:{ben.pk}")
    assert "erased on" in imported(f"external_id\nid:{ben.pk}\n").problems[0]


def test_a_lifted_erasure_lets_the_person_come_back(ada: Customer, spool: Spool, imported: Importer) -> None:
    erase(spool)
    Tombstone.objects.all().delete()
    assert imported("external_id,phone\nc001,+13035550101\n").counts == (1, 0, 0, 0)


def test_somebody_else_who_has_the_number_by_now_is_updated(ada: Customer, spool: Spool, imported: Importer) -> None:
    erase(spool)
    customer("c002", "Ben Okafor", "+13035550101")
    assert imported("external_id,phone,tier\nc002,+13035550101,gold\n").counts == (0, 1, 0, 0)


def test_erasing_twice_says_so_with_the_same_receipt(ada: Customer, spool: Spool) -> None:
    call("call-1", customer=ada)
    first, second = erase(spool), erase(spool)
    assert (first.already, second.already) == (False, True)
    assert (first.at, first.call_ids) == (second.at, second.call_ids)
    assert Erasure.objects.count() == 1


def test_nobody_is_erased_by_an_id_that_nobody_has(ada: Customer, spool: Spool) -> None:
    with pytest.raises(NobodyToErase):
        erase(spool, "c002")
    assert Customer.objects.get() == ada


def test_a_call_that_is_planned_at_vapi_stands_on_the_receipt(ada: Customer, spool: Spool) -> None:
    planned = {"type": "outbound", "created_at": NOW, "due_at": NOW + timedelta(days=3), "reason": "pin", "version": 1}
    StartedCall.objects.create(decision_id="1" * 32, customer=ada, vapi_id="call-9", **planned)
    StartedCall.objects.create(decision_id="2" * 32, customer=customer("c002", "Ben"), vapi_id="call-8", **planned)
    assert list(erase(spool).call_ids) == ["call-9"]


def test_the_history_of_others_stays(ada: Customer, spool: Spool) -> None:
    ben = customer("c002", "Ben Okafor")
    with history.keeping(ben.pk, by=None, at=NOW):
        Customer.objects.filter(pk=ben.pk).update(tier="gold")
    erase(spool)
    assert Version.objects.get_for_object(ben).count() == Revision.objects.count() == 2


def test_the_command_says_what_it_would_erase_and_changes_nothing(
    ada: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    call("call-1", customer=ada)
    Spool(settings.DATA_DIR / "spool").put(news("call-2").to_json())
    before = everything_stored()
    call_command("erase_customer", "c001", "--dry-run")
    assert capsys.readouterr().out.splitlines() == [
        "call-1",
        "Recordings and transcripts of the calls above lie at Vapi, and would stay there, without --at-vapi.",
        "Nothing was changed (--dry-run). The customer would be erased, with the personal parts of 1 call and 1 waiting"
        " report.",
    ]
    with pytest.raises(CommandError, match="VAPI_API_KEY is not set"):
        call_command("erase_customer", "c001", "--dry-run", "--at-vapi")
    assert everything_stored() == before
    call_command("erase_customer", "c001")
    said = capsys.readouterr().out
    assert "with the personal parts of 1 call and 1 waiting report." in said
    call_command("erase_customer", "c001", "--dry-run")
    assert "Nothing was changed (--dry-run). Erased already, on " in capsys.readouterr().out.splitlines()[2]


def test_the_command_writes_the_receipt(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    call("call-1", customer=ada)
    call_command("erase_customer", "c001")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "call-1"
    assert "still lie at Vapi" in said[1]
    assert said[2].endswith("with the personal parts of 1 call and 0 waiting reports.")
    call_command("erase_customer", "c001")
    assert capsys.readouterr().out.splitlines()[2].startswith("Erased already, on ")
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize("arguments", [["c002"], ["c001", "--at-vapi"]])
def test_the_command_says_what_it_cannot_do(ada: Customer, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("erase_customer", *arguments)
    assert Customer.objects.exists()


def test_marks_tell_nothing_without_their_key(ada: Customer, spool: Spool) -> None:
    erase(spool)
    assert all(
        len(mark) == 64 and "303" + "5550101" not in mark for mark in Tombstone.objects.values_list("mark", flat=True)
    )
    assert timezone.is_aware(Erasure.objects.get().at)

"""A person forgotten: everywhere, once and for all, and not brought back by the next import."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from reversion.models import Revision, Version

from assistants.models import AssistantVariant, Pin
from customers import history, tombstones
from customers.call_news import CallNews
from customers.erasing import NobodyToErase, Receipt, erase_customer
from customers.merging import merge
from customers.models import Call, ContactPoint, Customer, Erasure, Tombstone
from customers.reports import record
from customers.restoring import restore
from customers.spool import Spool
from tests.conftest import customer
from tests.customers.importing_cases import Importer

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PERSONAL = {
    "number": "+13035550101",
    "summary": "Ada asked for tea.",
    "success": "Ada was happy",
    "structured_data": {"name": "Ada"},
    "transcript": "User: I am Ada.",
    "metadata": {"customerName": "Ada Example"},
}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def call(vapi_id: str, **facts: object) -> Call:
    return Call.objects.create(vapi_id=vapi_id, created_at=NOW - timedelta(hours=1), **PERSONAL | facts)


def news(vapi_id: str, **facts: object) -> CallNews:
    values = {"customer_id": "c001", "created_at": NOW - timedelta(hours=1), "ended_reason": "hangup"}
    return CallNews(vapi_id, told_at=NOW, final=True, **PERSONAL | values | facts)  # type: ignore[arg-type]


def delete(person: Customer) -> int:
    """Deletes as the admin does; gives the key."""
    key = person.pk
    history.record(key, by=None, at=NOW - timedelta(days=1), what=history.DELETED)
    person.delete()
    return key


def erase(spool: Spool, public_id: str = "c001") -> Receipt:
    return erase_customer(public_id, spool=spool, by="sam", at=NOW)


def everything_stored() -> str:
    """All text in all tables, but the catalogue's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT string_agg(t::text, ' ') FROM {name} AS t" for name in tables))
        return " ".join(text for (text,) in cursor.fetchall() if text)


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
    assert [trace for trace in ("Ada", "ada@", "3035550101", "c001") if trace in stored] == []
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


def test_the_history_of_others_stays(ada: Customer, spool: Spool) -> None:
    ben = customer("c002", "Ben Okafor")
    with history.keeping(ben.pk, by=None, at=NOW):
        Customer.objects.filter(pk=ben.pk).update(tier="gold")
    erase(spool)
    assert Version.objects.get_for_object(ben).count() == Revision.objects.count() == 2


@pytest.mark.parametrize("by_own_id", [False, True])
def test_who_was_deleted_before_is_erased_all_the_same(ada: Customer, spool: Spool, by_own_id: bool) -> None:
    customer("c002", "Ben Okafor", "+13035550102")
    call("call-1", customer=ada)
    call("call-2", number="", metadata={"customerId": f"id:{ada.pk}", "page": "Ada's basket"})
    key = delete(ada)
    receipts = [erase(spool, f"id:{key}" if by_own_id else "c001") for _ in range(2)]
    assert [(each.already, sorted(each.call_ids)) for each in receipts] == [
        (again, ["call-1", "call-2"]) for again in (False, True)
    ]
    stored = everything_stored()
    assert [trace for trace in ("Ada", "3035550101", "c001") if trace in stored] == []


@pytest.mark.parametrize(("external_id", "number"), [("c001", "+13035550109"), ("c009", "+13035550101")])
def test_earlier_incarnations_are_erased_too(spool: Spool, db: None, external_id: str, number: str) -> None:
    """Deleted, and made anew by an import: under the same id, or with the same number."""
    for person in (customer(external_id, "Ada Byron", number), customer("c002", "Ben Okafor", "+13035550102")):
        delete(person)
    customer("c001", "Ada Example", "+13035550101")
    erase(spool)
    stored = everything_stored()
    assert [trace for trace in ("Ada", external_id, number) if trace in stored] == []
    assert "Ben Okafor" in stored


def test_calls_from_a_number_of_an_earlier_incarnation_are_stripped(ada: Customer, spool: Spool) -> None:
    call("call-1", customer=ada)
    delete(ada)
    customer("c001", "Ada Example", "+13035550109")
    assert erase(spool).call_ids == ["call-1"]


def test_what_somebody_else_has_by_now_is_not_a_deleted_persons(ada: Customer, spool: Spool) -> None:
    """Ada's id and number are Ben's by now: erasing her by our own id leaves him his calls, and no mark of either."""
    key = delete(ada)
    call("call-1", customer=customer("c001", "Ben Okafor", "+13035550101"))
    call("call-2")
    assert erase(spool, f"id:{key}").call_ids == []
    assert "Ada Example" not in "".join(Version.objects.values_list("serialized_data", flat=True))
    assert tombstones.erasure_of(ids=["c001"], numbers=["+13035550101"]) is None
    assert tombstones.erasure_of(ids=[f"id:{key}"])


def test_who_was_merged_and_restored_stays(ada: Customer, spool: Spool) -> None:
    ben = customer("c002", "Ben Okafor", "+13035550102")
    merge(ada.pk, ben.pk, by=None, at=NOW)
    restore(ben.pk, history.kept_states(ben.pk)[0].revision.pk, by=None, at=NOW)
    call("call-1", customer=ben, number="+13035550102")
    assert erase(spool).call_ids == []
    assert Call.objects.get().customer == ben
    assert history.kept_states(ben.pk)


@pytest.mark.parametrize("public_id", ["c\0", "id:", "id:x", f"id:{'9' * 5000}"], ids=range(4))
def test_ids_that_cannot_be_are_nobodys(ada: Customer, spool: Spool, public_id: str) -> None:
    delete(ada)
    with pytest.raises(NobodyToErase):
        erase(spool, public_id)


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

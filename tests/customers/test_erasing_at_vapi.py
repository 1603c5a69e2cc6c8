"""Calls of somebody erased go at Vapi too: in as many runs as it takes, and what is left is said."""

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from customers.call_news import CallNews
from customers.duties_in_words import what_is_wrong
from customers.models import Call, Customer, Duty, Erasure
from customers.reports import record
from personalization.regular_duties import do_what_is_due
from tests.admin_forms import signed_in
from tests.vapi_fake import Answer, FakeVapi

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def three_calls(ada: Customer, vapi: FakeVapi) -> list[str]:
    """Ada's calls, here and at Vapi, in their order."""
    ids = [vapi.add("call", id=f"call-{number}")["id"] for number in range(3)]
    Call.objects.bulk_create(Call(vapi_id=each, customer=ada, created_at=NOW) for each in ids)
    Call.objects.filter(vapi_id="call-0").update(status="ended")  # so that it lies last in the table
    return ids


def erase(*arguments: str) -> None:
    call_command("erase_customer", "c001", "--at-vapi", *arguments)


def test_all_of_them(three_calls: list[str], vapi: FakeVapi, capsys: pytest.CaptureFixture[str]) -> None:
    erase()
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [f"{each}: deleted at Vapi" for each in three_calls]
    assert said[3].endswith("with the personal parts of 3 calls and 0 waiting reports.")
    assert said[4:] == ["Of 3 calls nothing is left at Vapi."]
    assert vapi.kept["call"] == []
    assert not Customer.objects.exists()


def test_what_is_gone_already_counts_as_deleted(three_calls: list[str], vapi: FakeVapi) -> None:
    del vapi.kept["call"][1]
    erase()
    assert Erasure.objects.get().left_at_vapi() == []


def test_an_interrupted_run_goes_on(three_calls: list[str], vapi: FakeVapi, capsys: pytest.CaptureFixture[str]) -> None:
    vapi.next_answers = [Answer(200, {}), Answer(401, {})]
    with pytest.raises(CommandError, match="2 of 3 calls still lie at Vapi: run the same again"):
        erase()
    assert "refused the key in VAPI_API_KEY" in capsys.readouterr().err
    vapi.sent.clear()
    erase()
    assert [each.path for each in vapi.sent] == ["/call/call-1", "/call/call-2"]
    assert "Of 3 calls nothing is left at Vapi." in capsys.readouterr().out


def test_one_that_vapi_refuses_keeps_no_other(
    three_calls: list[str], vapi: FakeVapi, capsys: pytest.CaptureFixture[str]
) -> None:
    vapi.next_answers = [Answer(400, {"message": "The call is not over."})]
    with pytest.raises(CommandError, match="1 of 3 calls"):
        erase()
    assert "call-0: not deleted: Vapi refused the request (400): The call is not over." in capsys.readouterr().out
    assert Erasure.objects.get().left_at_vapi() == ["call-0"]


def test_it_waits_as_long_as_vapi_asks(three_calls: list[str], vapi: FakeVapi) -> None:
    vapi.next_answers = [Answer(429, {}, {"Retry-After": "0"})]
    erase()
    assert vapi.kept["call"] == []


def test_without_a_key_nothing_is_erased(three_calls: list[str], settings: Any) -> None:
    settings.VAPI_API_KEY = ""
    with pytest.raises(CommandError, match=r"Nothing was erased\. VAPI_API_KEY is not set"):
        erase()
    assert Customer.objects.exists()


def test_without_at_vapi_what_is_left_is_listed(three_calls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("erase_customer", "c001")
    assert capsys.readouterr().out.splitlines()[:4] == [
        *three_calls,
        "Recordings and transcripts of the calls above still lie at Vapi: run this again with --at-vapi.",
    ]
    erase()
    call_command("erase_customer", "c001")
    assert "still lie at Vapi" not in capsys.readouterr().out


def test_calls_that_are_heard_of_later_are_deleted_as_well(
    three_calls: list[str], vapi: FakeVapi, capsys: pytest.CaptureFixture[str]
) -> None:
    erase()
    vapi.add("call", id="call-9")
    news = CallNews("call-9", told_at=NOW, customer_id="c001", summary="Ada asked.")
    assert (record(news).summary, record(news).summary) == ("", "")
    erase()
    assert capsys.readouterr().out.endswith("Of 4 calls nothing is left at Vapi.\n")
    assert vapi.kept["call"] == []


def test_from_the_admin_housekeeping_does_it(three_calls: list[str], vapi: FakeVapi, client: Client) -> None:
    staff, page = signed_in(client), f"/admin/customers/customer/erase/?id={Customer.objects.get().pk}"
    assert "Delete their calls at Vapi too" in staff.get(page).content.decode()
    assert "Housekeeping deletes these calls" in staff.post(page, {"at_vapi": "on"}).content.decode()
    *_, last = do_what_is_due(at=NOW, stop=Event())
    assert last.sentence == "Erasing at Vapi: 3 calls deleted."
    assert vapi.kept["call"] == []
    assert list(do_what_is_due(at=NOW + timedelta(minutes=5), stop=Event())) == []


def test_what_failed_is_no_trouble_any_more_once_somebody_else_did_it(
    three_calls: list[str], vapi: FakeVapi, client: Client
) -> None:
    signed_in(client).post(f"/admin/customers/customer/erase/?id={Customer.objects.get().pk}", {"at_vapi": "on"})
    Duty.objects.create(name="missed calls", tried_at=NOW)
    vapi.next_answers = [Answer(401, {})]
    list(do_what_is_due(at=NOW, stop=Event()))
    assert any("erasing at Vapi" in sentence for sentence in what_is_wrong(at=NOW))
    erase()
    list(do_what_is_due(at=NOW + timedelta(minutes=10), stop=Event()))
    assert not any("erasing at Vapi" in sentence for sentence in what_is_wrong(at=NOW))


def test_from_the_admin_without_the_box_nothing_goes_at_vapi(
    three_calls: list[str], vapi: FakeVapi, client: Client
) -> None:
    staff, page = signed_in(client), f"/admin/customers/customer/erase/?id={Customer.objects.get().pk}"
    assert "delete them there" in staff.post(page).content.decode()
    assert all("Erasing" not in said.sentence for said in do_what_is_due(at=NOW, stop=Event()))
    assert len(vapi.kept["call"]) == 3

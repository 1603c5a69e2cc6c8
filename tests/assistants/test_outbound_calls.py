"""Calls to customers: who may be called when, what Vapi is asked, and that it is asked once."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, time, timedelta
from threading import Event
from typing import Any

import httpx
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from assistants import live, outbound_calls
from assistants.decision_ids import proves
from assistants.models import AssistantVariant, Line, OutboundPolicy
from assistants.outbound_calls import InProgress, Order, OtherRequest, place_call
from assistants.outbound_customer import NotTheirNumber, customer_dto
from assistants.outbound_permission import NotAllowed
from assistants.outbound_plan import Wish
from assistants.starting import UnknownName
from assistants.vapi import VapiError
from assistants.vapi_schema_file import written_schema
from customers.call_news import CallNews
from customers.models import Call, ContactPoint, Customer, StartedCall
from customers.reports import record
from tests.conftest import customer, rule
from tests.vapi_fake import Answer, FakeVapi
from tests.vapi_requests import check_customer

NOON = datetime(2026, 11, 20, 19, tzinfo=UTC)  # a Friday, noon in Denver
CONSENT = {"call_consent_at": NOON - timedelta(days=30), "call_consent_how": "ticked at sign-up"}


@pytest.fixture
def line(support_line: Line, vapi: FakeVapi) -> Line:
    """The support line, in Denver, as Vapi knows it."""
    written_schema()  # which the fake checks by; writing it takes longer than a request may
    support_line.vapi_id = vapi.add("phone-number", id="pn-support", provider="vapi")["id"]
    support_line.save()
    vapi.clock = lambda: NOON
    return support_line


@pytest.fixture
def grace(db: None) -> Customer:
    """A gold customer who agreed to be called."""
    return customer("c002", "Grace Example", "+13035550102", tier="gold", **CONSENT)


def order(key: str = "key-1", request: bytes = b"{}") -> Order:
    return Order.of(key, request, by="CRM")


def place(person: Customer, key: str = "key-1", *, at: datetime = NOON, **wished: Any) -> StartedCall:
    return place_call(Wish(person, **wished), order(key), live=live.current(), at=at)


def refusal(person: Customer, **asked: Any) -> NotAllowed:
    """Why nobody is called."""
    with pytest.raises(NotAllowed) as refused:
        place(person, **asked)
    assert not StartedCall.objects.filter(customer=person).exists()
    return refused.value


def limit(**values: Any) -> None:
    OutboundPolicy.objects.update_or_create(pk=1, defaults=values)


def test_vapi_calls_the_customer_with_who_talks_by_the_rules(
    grace: Customer, line: Line, vip_desk: AssistantVariant, vapi: FakeVapi
) -> None:
    rule("Gold callers", vip_desk, ("tier", "is", "gold"), ("country", "is", "US"))
    call = place(grace, metadata={"ticket": 7})
    (sent,) = vapi.changes()
    assert (sent.method, sent.path, call.vapi_id) == ("POST", "/call", vapi.kept["call"][0]["id"])
    assert sent.body.keys() == {"assistantId", "assistantOverrides", "phoneNumberId", "customer"}
    assert (sent.body["assistantId"], sent.body["phoneNumberId"]) == ("asst_vip", "pn-support")
    assert sent.body["customer"] == {"number": "+13035550102", "name": "Grace Example", "externalId": "c002"}
    metadata = sent.body["assistantOverrides"]["metadata"]
    assert metadata | {"decisionId": ""} == {
        "ticket": 7,
        "customerId": "c002",
        "customerName": "Grace Example",
        "rule": "Gold callers",
        "variant": "VIP desk",
        "version": 1,
        "decisionId": "",
    }
    assert proves(metadata["decisionId"], "c002")


def test_the_call_is_the_customer_s_at_once(grace: Customer, line: Line) -> None:
    place(grace)
    call = Call.objects.get()
    assert (call.customer, call.type, call.status, call.line) == (grace, "outbound", "queued", "Support")
    assert (call.number, call.reason, call.variant) == ("+13035550102", "line-fallback", "Front desk")


def test_verified_variables_are_not_said(grace: Customer, line: Line, vip_desk: Any, vapi: FakeVapi) -> None:
    vip_desk.variables.filter(name="accountType").update(disclosure="verified")
    place(grace, variant="VIP desk")
    assert vapi.changes()[0].body["assistantOverrides"]["variableValues"]["accountType"] == "standard"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"call_consent_at": None, "call_consent_how": ""}, "no-consent"),
        ({"call_consent_at": NOON + timedelta(hours=1)}, "no-consent"),
        ({"do_not_call": True}, "do-not-call"),
        ({"active": False}, "inactive"),
        ({"blocked": True}, "blocked"),
    ],
)
def test_who_is_not_called(grace: Customer, line: Line, vapi: FakeVapi, facts: dict[str, Any], reason: str) -> None:
    Customer.objects.update(**facts)
    grace.refresh_from_db()
    assert refusal(grace).reason == reason
    assert vapi.sent == []


def test_quiet_hours_are_those_of_the_customer_s_clock(grace: Customer, line: Line) -> None:
    grace.timezone = "Europe/Berlin"  # 20:00 there
    refused = refusal(grace)
    assert (refused.reason, refused.next_allowed_at) == ("quiet-hours", datetime(2026, 11, 21, 7, tzinfo=UTC))
    assert "it is Friday 20:00 then: call not before Saturday 2026-11-21 08:00 (Europe/Berlin)" in str(refused)
    limit(quiet_from=time(21))
    assert place(grace).vapi_id


def test_without_a_zone_the_line_s_clock_counts(grace: Customer, line: Line) -> None:
    assert refusal(grace, at=NOON + timedelta(hours=8)).reason == "quiet-hours"
    assert place(grace, at=NOON + timedelta(hours=7, minutes=59)).vapi_id


def test_a_planned_call_is_judged_at_its_own_moment(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    night, tomorrow = NOON + timedelta(hours=12), NOON + timedelta(days=1)
    assert refusal(grace, earliest_at=night).reason == "quiet-hours"
    assert refusal(grace, earliest_at=NOON + timedelta(days=31)).reason == "too-far-ahead"
    call = place(grace, earliest_at=tomorrow, at=night)
    plan = vapi.changes()[0].body["schedulePlan"]
    assert call.due_at == tomorrow
    assert plan == {"earliestAt": tomorrow.isoformat(), "latestAt": (tomorrow + timedelta(hours=8)).isoformat()}


def test_a_moment_that_has_passed_is_now(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    assert place(grace, earliest_at=NOON - timedelta(hours=1)).due_at == NOON
    assert "schedulePlan" not in vapi.changes()[0].body


def test_only_countries_that_are_allowed(grace: Customer, line: Line) -> None:
    grace.contact_points.update(value="+447400123456")
    refused = refusal(grace)
    assert (refused.reason, str(refused)) == ("country", "Numbers of GB are not called, only those of US.")
    limit(countries=["GB"])
    assert place(grace).vapi_id


def test_each_number_that_is_named_must_be_the_customer_s(grace: Customer, line: Line, ada: Customer) -> None:
    grace.contact_points.create(value="+13035550199")
    assert place(grace, phone="(303) 555-0199").number == "+13035550199"
    with pytest.raises(NotTheirNumber, match="none of the customer's"):
        place(grace, "key-2", phone="+13035550101")
    ContactPoint.objects.all().delete()
    with pytest.raises(NotAllowed, match="no number"):
        place(grace, "key-3")


def test_the_line_is_the_only_one_or_named(grace: Customer, line: Line) -> None:
    other = Line.objects.create(name="Sales", number="+13035550191")
    assert place(grace).line == "Support"
    with pytest.raises(UnknownName, match="“Sales” has no id at Vapi"):
        place(grace, "key-2", line="Sales")
    other.vapi_id = "pn-sales"
    other.save()
    with pytest.raises(UnknownName, match="Name one of the lines “Sales”, “Support”"):
        place(grace, "key-2")
    Line.objects.update(vapi_id=None)
    with pytest.raises(UnknownName, match="No published line"):
        place(grace, "key-2")


def test_nobody_is_called_to_hear_a_refusal(grace: Customer, line: Line) -> None:
    AssistantVariant.objects.create(name="Desk", kind="transfer", transfer_to="+13035550123")
    assert refusal(grace, variant="Desk").reason == "requested"


def test_what_must_be_said_first_is(grace: Customer, line: Line, vip_desk: Any, vapi: FakeVapi) -> None:
    vapi.add("assistant", id="asst_vip", firstMessage="Hello {{customerName}}!")
    limit(notice="This call is recorded.")
    place(grace, variant="VIP desk")
    assert (
        vapi.changes()[0].body["assistantOverrides"]["firstMessage"] == "This call is recorded. Hello {{customerName}}!"
    )


ODD = "Ø{{name}}\u202e" + "x" * 60


@given(
    name=st.sampled_from(["", "Ada", ODD]) | st.text(max_size=200),
    email=st.sampled_from(["", "ada@example.com", f"{'a' * 60}@example.com"]),
    external_id=st.sampled_from(["c001", "x" * 40, "x" * 41]),
    value=st.sampled_from(["+13035550101", "sip:ada@example.com", "4711", "+desk7"]),
    extension=st.sampled_from(["", "1234567890"]),
)
def test_a_customer_in_vapi_s_words(name: str, email: str, external_id: str, value: str, extension: str) -> None:
    kind = "sip" if "@" in value else "phone" if value == "+13035550101" else "trunk"
    point = ContactPoint(kind=kind, value=value, extension=extension)
    dto = customer_dto(Customer(name=name, email=email, external_id=external_id), point)
    check_customer(dto)
    assert dto.get("email", email) == email
    assert ("externalId" in dto) == (len(external_id) <= 40)
    assert ("numberE164CheckEnabled" in dto) == (kind == "trunk")
    assert not set("{}\u202e") & set(dto.get("name", ""))


def test_the_same_order_is_placed_once(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    assert place(grace) == place(grace, at=NOON + timedelta(days=1)) == StartedCall.objects.get()
    assert len(vapi.changes()) == 1
    with pytest.raises(OtherRequest):
        place_call(Wish(grace), order(request=b"other"), live=live.current(), at=NOON)


NO_IDS = [Answer(201, {"id": text}) for text in ("", "a\0b", "x" * 101)]


@pytest.mark.parametrize("trouble", [Answer(0, None), Answer(500, {}), Answer(504, {}), Answer(201, "<html>"), *NO_IDS])
def test_without_an_answer_it_is_not_placed_again(grace: Customer, line: Line, vapi: FakeVapi, trouble: Answer) -> None:
    vapi.next_answers = [trouble]
    assert place(grace).vapi_id == ""
    assert place(grace).vapi_id == ""
    assert len(vapi.changes()) == 1


def test_a_call_whose_answer_was_lost_is_found_at_vapi(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    vapi.lost_answers = 1
    assert place(grace).vapi_id == ""
    placed = vapi.kept["call"][0]
    vapi.add("call", phoneNumberId="pn-support", createdAt=placed["createdAt"])  # somebody else's
    again = place(grace, at=NOON + timedelta(minutes=1))
    assert (again.vapi_id, len(vapi.changes())) == (placed["id"], 1)
    assert vapi.sent[-1].query["phoneNumberId"] == "pn-support"
    assert Call.objects.get().vapi_id == placed["id"]


def test_a_call_whose_messages_came_is_known(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    vapi.next_answers = [Answer(0, None)]
    unknown = place(grace)
    Call.objects.create(vapi_id="call-7", customer=grace, decision_id=unknown.decision_id)
    vapi.next_answers = [Answer(500, {})] * 3
    assert place(grace).vapi_id == "call-7"


def test_a_late_answer_is_no_answer(
    grace: Customer, line: Line, vapi: FakeVapi, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Event()
    monkeypatch.setattr("assistants.vapi._TIMEOUT", httpx.Timeout(0.2))
    vapi.meanwhile = lambda: answered.wait(5)
    assert place(grace).vapi_id == ""
    answered.set()


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (Answer(400, {"message": "no credits"}), "no credits"),
        (Answer(401, {}), "key in VAPI_API_KEY"),
        (Answer(429, {}), "fewer requests"),
    ],
)
def test_what_vapi_refused_may_be_asked_for_again(
    grace: Customer, line: Line, vapi: FakeVapi, trouble: Answer, sentence: str
) -> None:
    vapi.next_answers = [trouble]
    with pytest.raises(VapiError, match=sentence):
        place(grace)
    assert not StartedCall.objects.exists()
    assert place(grace).vapi_id


def test_killed_before_vapi_was_asked(grace: Customer, line: Line, vapi: FakeVapi, monkeypatch: Any) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(outbound_calls, "_ask", _killed)
        with pytest.raises(KeyboardInterrupt):
            place(grace)
    assert place(grace).vapi_id == ""
    assert vapi.changes() == []


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_customer_is_called_so_often_a_day(grace: Customer, line: Line) -> None:
    limit(most_per_customer=2)
    assert place(grace, "1").vapi_id
    assert place(grace, "2").vapi_id
    with pytest.raises(NotAllowed, match="2 times that day") as refused:
        place(grace, "3")
    assert (refused.value.reason, refused.value.next_allowed_at) == (
        "daily-limit",
        datetime(2026, 11, 21, 15, tzinfo=UTC),
    )
    assert place(grace, "3", at=datetime(2026, 11, 21, 15, tzinfo=UTC)).vapi_id


def test_so_many_are_called_an_hour(grace: Customer, line: Line, ada: Customer) -> None:
    limit(most_per_hour=1)
    Customer.objects.update(**CONSENT)
    ada.refresh_from_db()
    assert place(grace, at=NOON + timedelta(minutes=59)).vapi_id
    refused = refusal(ada, key="2")
    assert (refused.reason, refused.next_allowed_at) == ("hourly-limit", NOON + timedelta(hours=1))
    assert place(ada, "2", earliest_at=NOON + timedelta(hours=1)).vapi_id


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_when_all_ask_at_once(line: Line, vapi: FakeVapi) -> None:
    limit(most_per_hour=3)
    people = [customer(f"p{number}", "", f"+1303555{number:04}", **CONSENT) for number in range(8)]
    assert sorted(_at_once(people, keys=[str(each.pk) for each in people])) == ["hourly-limit"] * 5 + ["placed"] * 3
    assert len(vapi.changes()) == 3


@pytest.mark.django_db(transaction=True)
def test_one_order_that_comes_many_times_at_once_rings_once(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    outcomes = _at_once([grace] * 6, keys=["the same"] * 6)
    assert set(outcomes) <= {"placed", "InProgress", "unknown"}
    assert outcomes.count("placed") >= 1
    assert len(vapi.changes()) == 1


def _at_once(people: list[Customer], *, keys: list[str]) -> list[str]:
    OutboundPolicy.get()
    now = live.current()
    with ThreadPoolExecutor(len(people)) as several:
        return list(several.map(lambda person, key: _outcome(person, key, now), people, keys))


def _outcome(person: Customer, key: str, now: live.Live) -> str:
    """What comes of asking, in a thread of its own."""
    try:
        return "placed" if place_call(Wish(person), order(key), live=now, at=NOON).vapi_id else "unknown"
    except NotAllowed as refused:
        return refused.reason
    except InProgress:
        return "InProgress"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_who_asks_again_meanwhile_is_told_to_wait(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    arrived, go_on = Event(), Event()

    def wait() -> None:
        arrived.set()
        go_on.wait(5)

    vapi.meanwhile = wait
    with ThreadPoolExecutor(1) as first:
        running = first.submit(_outcome, grace, "key-1", live.current())
        assert arrived.wait(5)
        with pytest.raises(InProgress):
            place(grace)
        go_on.set()
        assert running.result() == "placed"
    assert place(grace).vapi_id


@pytest.mark.django_db(transaction=True)
def test_vapis_message_may_be_stored_before_its_answer_comes(grace: Customer, line: Line, vapi: FakeVapi) -> None:
    """Longer before than PostgreSQL takes to look for a deadlock."""

    def store() -> None:
        try:
            number = StartedCall.objects.get().decision_id
            record(CallNews("call-0", NOON, status="ringing", customer_id="c002", proven=True, decision_id=number))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as housekeeping:
        vapi.meanwhile = lambda: wait([housekeeping.submit(store)], timeout=1.2)
        assert place(grace).vapi_id == "call-0"
    assert Call.objects.get().status == "ringing"
    assert Call.objects.get().variant == "Front desk"

"""Whom of a campaign Vapi may dial, and when."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from assistants.calling_hours import CallingHours
from assistants.campaigns import may_be_dialled
from assistants.copied import parse_switches, read_switches
from assistants.models import OutboundPolicy
from assistants.ruleset import NO_SWITCHES, LineSpec, Switches
from customers.directory import Caller, CallerStatus, CustomerFacts
from customers.phone_numbers import CallerAddress

NOON_IN_DENVER = datetime(2026, 6, 3, 18, 0, tzinfo=UTC)
EVENINGS = Switches(
    calling_hours=CallingHours(time(20), time(8), frozenset(range(7))), called_countries=frozenset({"US"})
)
LINE = LineSpec("Support", timezone="America/Denver")


def dialled(
    *,
    status: CallerStatus = CallerStatus.KNOWN,
    at: datetime = NOON_IN_DENVER,
    line: LineSpec | None = None,
    switches: Switches = EVENINGS,
    **facts: Any,
) -> bool:
    known: dict[str, Any] = {
        "id": "c001",
        "timezone": "America/Denver",
        "agreed_to_calls": NOON_IN_DENVER - timedelta(days=9),
    }
    ada = CustomerFacts(**(known | facts)) if status in {CallerStatus.KNOWN, CallerStatus.BLOCKED} else None
    contact = Caller(CallerAddress(("+13035550101",), "+13035550101"), status, ada)
    return may_be_dialled(contact=contact, line=line, switches=switches, at=at)


def test_who_agreed_is_dialled_by_day() -> None:
    assert dialled()


@pytest.mark.parametrize(
    "against",
    [
        {"agreed_to_calls": None},
        {"agreed_to_calls": NOON_IN_DENVER + timedelta(seconds=1)},
        {"at": NOON_IN_DENVER + timedelta(hours=8)},
        {"timezone": "Asia/Tokyo"},
        {"timezone": ""},
        {"switches": NO_SWITCHES},
        {"switches": Switches(calling_hours=EVENINGS.calling_hours, called_countries=frozenset({"CA"}))},
        *({"status": status} for status in CallerStatus if status is not CallerStatus.KNOWN),
    ],
)
def test_nobody_is_dialled_with_one_thing_against_it(against: dict[str, Any]) -> None:
    assert not dialled(**against)


def test_without_a_time_zone_the_line_s_clock_counts() -> None:
    assert dialled(timezone="", line=LINE)
    assert not dialled(timezone="", line=LINE, at=NOON_IN_DENVER + timedelta(hours=8))


def revision() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM assistants_sitesettings")
        return int(cursor.fetchone()[0])


def test_when_we_may_call_is_copied_to_each_node_at_once(db: None) -> None:
    before = revision()
    assert parse_switches(read_switches()).calling_hours == EVENINGS.calling_hours
    OutboundPolicy.objects.create(pk=1, weekdays=[0, 1], countries=["US", "CA"])
    assert revision() > before
    switches = parse_switches(read_switches())
    assert switches.calling_hours == CallingHours(time(20), time(8), frozenset({0, 1}))
    assert switches.called_countries == {"US", "CA"}


def test_a_copy_of_an_older_release_calls_nobody() -> None:
    empty = b'{"emergency":false,"emergency_lines":[],"pinned_customers":[],"pinned_addresses":[]}'
    assert parse_switches(empty).calling_hours is None

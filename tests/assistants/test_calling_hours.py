"""When somebody may be called, by the clock of where they are."""

from datetime import datetime, time

import pytest

from assistants.calling_hours import CallingHours

EVENINGS = CallingHours(time(20), time(8), frozenset(range(7)))
WORKDAYS = CallingHours(time(20), time(8), frozenset(range(5)))
LUNCH = CallingHours(time(12), time(14), frozenset(range(7)))
NEVER_QUIET = CallingHours(time(8), time(8), frozenset(range(7)))
NO_DAY = CallingHours(time(20), time(8), frozenset())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


@pytest.mark.parametrize(
    ("hours", "zone", "at", "next_allowed"),
    [
        (EVENINGS, "Europe/London", "11-21T08:00", "11-21T08:00"),
        (EVENINGS, "Europe/London", "11-21T19:59", "11-21T19:59"),
        (EVENINGS, "Europe/London", "11-21T20:00", "11-22T08:00"),
        (EVENINGS, "Europe/London", "11-21T07:59", "11-21T08:00"),
        (EVENINGS, "America/Denver", "11-21T08:00", "11-21T15:00"),
        (EVENINGS, "Asia/Kolkata", "11-21T14:30", "11-22T02:30"),
        # Clocks go forward in Denver on 8 March, back on 1 November.
        (EVENINGS, "America/Denver", "03-08T04:00", "03-08T14:00"),
        (EVENINGS, "America/Denver", "11-01T03:00", "11-01T15:00"),
        (WORKDAYS, "Europe/London", "11-20T20:00", "11-23T08:00"),  # a Friday evening
        (WORKDAYS, "Pacific/Auckland", "11-22T19:00", "11-22T19:00"),  # Monday morning there
        (LUNCH, "Europe/London", "11-21T12:00", "11-21T14:00"),
        (NEVER_QUIET, "Europe/London", "11-21T03:00", "11-21T03:00"),
    ],
)
def test_the_next_moment_at_which_calls_are_allowed(hours: CallingHours, zone: str, at: str, next_allowed: str) -> None:
    assert hours.next_allowed(utc(at), zone) == utc(next_allowed)
    assert hours.allow(utc(at), zone) == (at == next_allowed)


def test_there_may_be_none() -> None:
    assert NO_DAY.next_allowed(utc("11-21T12:00"), "UTC") is None
    assert NEVER_QUIET.next_quiet(utc("11-21T12:00"), "UTC") is None


@pytest.mark.parametrize(
    ("hours", "quiet_at"), [(EVENINGS, "11-20T20:00"), (WORKDAYS, "11-20T20:00"), (LUNCH, "11-21T12:00")]
)
def test_when_it_is_quiet_again(hours: CallingHours, quiet_at: str) -> None:
    assert hours.next_quiet(utc("11-20T15:00"), "UTC") == utc(quiet_at)


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    nights = CallingHours(time(1, 30), time(8), frozenset(range(7)))
    # 01:10 for the second time in Denver, where it was quiet from 01:30 for the first time until 01:00 came again.
    assert nights.next_quiet(utc("11-01T08:10"), "America/Denver") == utc("11-01T08:30")

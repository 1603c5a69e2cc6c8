"""Calls do not ask the database; what happens to its connections is nothing to them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from assistants import live
from assistants.models import Line
from assistants.publishing import publish_first
from customers import directory
from customers.models import Customer
from personalization.other_messages import ANSWERS
from tests.conftest import call_from, post, request
from tests.followers import following, use_real_copy
from tests.waiting import AGAIN_LIVE_S, eventually

CURRENT = live.current
ADA = "+13035550101"


@pytest.fixture
def answered_from_copy(
    ada: Customer, support_line: Line, transactional_db: None, tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:  # fmt: skip
    """A node with a copy that is not kept up to date, as while PostgreSQL cannot be reached."""
    publish_first()
    live.stop()
    monkeypatch.setattr(live, "current", CURRENT)
    place = use_real_copy(monkeypatch, settings, tmp_path)
    with following():
        eventually(lambda: directory.freshness() == "live")
    return place


def answer() -> tuple[str, str, str]:
    """Reason, rung of the ladder, and the name by which the caller is greeted."""
    heard = call_from(ADA)
    overrides = heard.json.get("assistantOverrides", {})
    return heard.reason, heard.headers["X-Answer-Source"], overrides.get("variableValues", {}).get("customerName", "")


def confirmed(place: Path, *, seconds_ago: float) -> None:
    """As if PostgreSQL had answered last so long ago."""
    boot, since_boot, clock, in_force = (place / "confirmed").read_text().split()
    text = f"{boot} {float(since_boot) - seconds_ago} {float(clock) - seconds_ago} {in_force}"
    (place / "confirmed").write_text(text.ljust(200))


def test_callers_are_greeted_by_name_while_there_is_no_database(answered_from_copy: Path) -> None:
    assert answer() == ("line-fallback", "live", "Ada Example")
    confirmed(answered_from_copy, seconds_ago=60)
    assert answer() == ("line-fallback", "last-known", "Ada Example")


def test_a_call_asks_the_database_nothing(
    answered_from_copy: Path, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    with django_assert_num_queries(0):
        assert answer() == ("line-fallback", "live", "Ada Example")


def test_nor_does_what_assistants_and_campaigns_ask(
    answered_from_copy: Path, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    for kind in ANSWERS:
        message = {"type": kind, "call": {"customer": {"number": ADA}}, "contact": {"number": ADA}}
        with django_assert_num_queries(0):
            assert post({"message": message}).status == 200


def test_after_three_days_personal_data_is_not_used(answered_from_copy: Path, settings: Any) -> None:
    confirmed(answered_from_copy, seconds_ago=71 * 3600)
    assert answer() == ("line-fallback", "last-known", "Ada Example")
    confirmed(answered_from_copy, seconds_ago=2 * 3600)
    assert answer() == ("line-fallback", "fallback", "friend")
    settings.COPY_MAX_AGE_HOURS = 100
    assert answer() == ("line-fallback", "last-known", "Ada Example")


def test_a_copy_that_was_never_confirmed_is_not_trusted_with_names(answered_from_copy: Path) -> None:
    (answered_from_copy / "confirmed").unlink()
    assert answer() == ("line-fallback", "fallback", "friend")


def test_a_copy_that_breaks_costs_the_name_and_not_the_call(answered_from_copy: Path) -> None:
    assert answer()[2] == "Ada Example"
    (answered_from_copy / "current").unlink()
    assert answer() == ("error", "fallback", "friend")


def test_the_age_is_in_readyz(answered_from_copy: Path) -> None:
    confirmed(answered_from_copy, seconds_ago=60)
    ready = request("GET", "/readyz")
    assert (ready.status, ready.json["copy"]) == (200, "last-known")
    assert 60 <= ready.json["copy_age_s"] < 90


def test_without_a_copy_it_is_not_ready_and_apologises(answered_from_copy: Path) -> None:
    live.stop()
    (answered_from_copy / "current").unlink()
    ready = request("GET", "/readyz")
    assert ready.status == 503
    assert "no local copy yet" in ready.json["detail"]
    assert answer() == ("error", "spoken", "")


def test_a_dropped_connection_of_the_follower_is_made_anew(answered_from_copy: Path) -> None:
    with following():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                           " WHERE pid <> pg_backend_pid() AND datname = current_database()")  # fmt: skip
        Customer.objects.update(name="Ada Lovelace")
        eventually(lambda: answer()[2] == "Ada Lovelace", seconds=AGAIN_LIVE_S)
        eventually(lambda: answer()[1] == "live", seconds=AGAIN_LIVE_S)

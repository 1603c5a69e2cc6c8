"""Published versions reach every process within two seconds; no call waits, and none hears half of one."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from django.db import connection, connections

from assistants import live
from assistants.document import draft_document
from assistants.models import AssistantVariant, Line
from assistants.publishing import publish, publish_first
from tests.conftest import call_from, rule

CURRENT = live.current
SECONDS = 3


@pytest.fixture
def as_in_production(
    transactional_db: None, django_db_serialized_rollback: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The real thing: what the thread has read."""
    live.stop()
    monkeypatch.setattr(live, "current", CURRENT)
    yield
    live.stop()


def in_force_within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def answers(until: float) -> Counter[tuple[str, str, int]]:
    """What a caller hears, over and over: the rule, the greeting and the version."""
    heard: Counter[tuple[str, str, int]] = Counter()
    while time.monotonic() < until:
        answer = call_from("+13035550199")
        overrides = answer.json["assistantOverrides"]
        heard[answer.reason, overrides["firstMessage"], overrides["metadata"]["version"]] += 1
    connections.close_all()
    return heard


def test_each_answer_is_wholly_one_version_or_wholly_the_other(
    as_in_production: None, vip_desk: AssistantVariant, support_line: Line
) -> None:
    vip_desk.overrides = {"firstMessage": "Odd"}
    vip_desk.save()
    stored = rule("Odd", vip_desk)
    publish_first()
    odd = draft_document()
    vip_desk.overrides = {"firstMessage": "Even"}
    vip_desk.save()
    stored.name = "Even"
    stored.save()
    even = draft_document()
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(max_workers=3) as callers:
        calls = [callers.submit(answers, until) for _ in range(3)]
        while time.monotonic() < until - 0.3:
            publish(even, note="")
            even, odd = odd, even
            time.sleep(0.3)
        heard = sum((each.result() for each in calls), Counter[tuple[str, str, int]]())
    assert all(reason == f"rule:{words}" for reason, words, _ in heard)
    assert all(version % 2 == (words == "Odd") for _, words, version in heard)
    assert {words for _, words, _ in heard} == {"Odd", "Even"}


def test_a_new_version_and_a_switch_are_in_force_within_two_seconds(
    as_in_production: None, vip_desk: AssistantVariant, support_line: Line
) -> None:
    publish_first()
    assert call_from("+13035550199").reason == "line-fallback"
    rule("Everybody", vip_desk)
    publish(draft_document(), note="")
    assert in_force_within(2, lambda: call_from("+13035550199").reason == "rule:Everybody")
    Line.objects.update(emergency=True)
    assert in_force_within(2, lambda: call_from("+13035550199").reason == "emergency")


def test_a_call_never_asks_the_database_for_the_version(
    as_in_production: None,
    support_line: Line,
    django_assert_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    publish_first()
    live.current()
    with django_assert_num_queries(0):
        assert live.current().ruleset.lines


def test_a_database_that_goes_away_changes_nothing_for_callers(
    as_in_production: None, vip_desk: AssistantVariant, support_line: Line
) -> None:
    publish_first()
    held = live.current().ruleset
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assistants_sitesettings RENAME TO hidden")
        time.sleep(1.2)
        assert live.current().ruleset is held
        cursor.execute("ALTER TABLE hidden RENAME TO assistants_sitesettings")
    Line.objects.update(emergency=True)
    assert in_force_within(2, lambda: bool(live.current().switches.emergency_lines))

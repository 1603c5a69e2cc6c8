"""Published versions reach every process within two seconds; no call waits, and none hears half of one."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from assistants import live
from assistants.document import draft_document
from assistants.models import AssistantVariant, Line
from assistants.publishing import publish, publish_first
from assistants.vapi_schema_file import written_schema
from customers import directory
from tests.conftest import call_from, rule
from tests.followers import following, use_real_copy
from tests.waiting import IN_FORCE_S, eventually

CURRENT = live.current
SECONDS = 5


@pytest.fixture
def as_in_production(
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> Iterator[None]:
    """The real thing: what the thread has read from a copy that is kept up to date."""
    live.stop()
    monkeypatch.setattr(live, "current", CURRENT)
    vapi_schema = written_schema()  # which publishing checks by; another folder would get another, in seconds
    use_real_copy(monkeypatch, settings, tmp_path)
    shutil.copy(vapi_schema, settings.DATA_DIR)
    with following():
        eventually(lambda: directory.freshness() == "live")
        yield
    live.stop()


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
    eventually(lambda: call_from("+13035550199").reason == "rule:Odd", seconds=IN_FORCE_S)
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(max_workers=3) as callers:
        calls = [callers.submit(answers, until) for _ in range(3)]
        while time.monotonic() < until - 0.8:
            publish(even, note="")
            even, odd = odd, even
            time.sleep(0.8)
        heard = sum((each.result() for each in calls), Counter[tuple[str, str, int]]())
    assert all(reason == f"rule:{words}" for reason, words, _ in heard)
    assert all(version % 2 == (words == "Odd") for _, words, version in heard)
    assert {words for _, words, _ in heard} == {"Odd", "Even"}


def test_a_new_version_and_a_switch_are_in_force_within_two_seconds(
    as_in_production: None, vip_desk: AssistantVariant, support_line: Line
) -> None:
    publish_first()
    eventually(lambda: call_from("+13035550199").reason == "line-fallback", seconds=IN_FORCE_S)
    rule("Everybody", vip_desk)
    publish(draft_document(), note="")
    eventually(lambda: call_from("+13035550199").reason == "rule:Everybody", seconds=IN_FORCE_S)
    Line.objects.update(emergency=True)
    eventually(lambda: call_from("+13035550199").reason == "emergency", seconds=IN_FORCE_S)


def test_a_call_never_asks_the_database_for_the_version(
    as_in_production: None,
    support_line: Line,
    django_assert_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    publish_first()
    eventually(lambda: bool(live.current().ruleset.lines), seconds=IN_FORCE_S)
    with django_assert_num_queries(0):
        assert live.current().ruleset.lines


def test_a_database_that_goes_away_changes_nothing_for_callers(
    as_in_production: None, vip_desk: AssistantVariant, support_line: Line
) -> None:
    publish_first()
    eventually(lambda: bool(live.current().ruleset.lines), seconds=IN_FORCE_S)
    held = live.current().ruleset
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assistants_sitesettings RENAME TO hidden")
        time.sleep(1.2)
        assert live.current().ruleset is held
        cursor.execute("ALTER TABLE hidden RENAME TO assistants_sitesettings")
    Line.objects.update(emergency=True)
    eventually(lambda: bool(live.current().switches.emergency_lines), seconds=IN_FORCE_S)

"""/metrics: what the processes of a node count, added up; and the dashboard and alerts that are made of it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import SettingsWrapper
from ruamel.yaml import YAML

from assistants.models import AssistantVariant, Line
from customers.models import Customer
from customers.spool import Spool
from personalization import metrics, node_metrics, node_state, rotation
from tests.conftest import SECRET, call_from, post, request, rule

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NEW = "personalization_webhook_secret_last_used_timestamp_seconds"


@pytest.fixture(autouse=True)
def a_node_of_its_own(settings: SettingsWrapper, tmp_path: Path) -> None:
    """What other tests count, spool and copy stays theirs."""
    settings.DATA_DIR = tmp_path / "data"


def scraped() -> dict[str, float]:
    """The samples by name and labels, as they would stand in a query."""
    families = text_string_to_metric_families(request("GET", "/metrics").body.decode())
    return {_series(each.name, each.labels): each.value for family in families for each in family.samples}


def _series(name: str, labels: dict[str, str]) -> str:
    inner = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inner}}}" if labels else name


def counted(series: str, before: dict[str, float]) -> float:
    return scraped().get(series, 0) - before.get(series, 0)


def another_process(code: str) -> subprocess.Popen[str]:
    """A process that shares its counts in the folder of this test's node, and then does as told."""
    start = (
        "import sys, time, os; from pathlib import Path; from personalization import metrics, node_metrics, rotation"
    )
    lines = f"{start}\nnode_metrics.share(Path(sys.argv[1]))\n{code}\nprint('done', flush=True)\nsys.stdin.read()"
    return subprocess.Popen(
        [sys.executable, "-c", lines, str(settings.DATA_DIR / "metrics")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], *, kill: bool = False) -> None:
    if kill:
        process.kill()
    process.communicate("")


@pytest.mark.django_db
def test_answers_are_counted_by_source_and_kind_of_reason(
    ada: Customer, vip_desk: AssistantVariant, support_line: Line
) -> None:
    rule("For Ada Example", vip_desk, ("tier", "is", "gold"))
    before = scraped()
    call_from("+13035550101")
    call_from("+13035550177")
    assert counted('personalization_answers_total{reason="rule",source="live"}', before) == 1
    assert counted('personalization_answers_total{reason="line-fallback",source="live"}', before) == 1
    assert counted("personalization_decision_seconds_count", before) == 2
    assert counted('personalization_decision_seconds_bucket{le="+Inf"}', before) == 2


@pytest.mark.django_db
def test_nobody_stands_in_the_metrics(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> None:
    rule("For Ada Example", vip_desk, ("tier", "is", "gold"))
    call_from("+13035550101")
    post({"message": {"type": "ada@example.com"}})
    text = request("GET", "/metrics").body.decode()
    assert not re.search(r"Ada|ada@|555", text)


@pytest.mark.django_db
def test_messages_are_counted_by_type_and_status() -> None:
    before = scraped()
    post({"message": {"type": "hang"}})
    post({"message": {"type": "assistant.dreamt"}})
    post({"message": {"type": "hang"}}, headers={})
    request(body=b"{", headers=SECRET)
    for kind, status in (("hang", 200), ("other", 200), ("unread", 401), ("unread", 400)):
        assert counted(f'personalization_webhook_messages_total{{status="{status}",type="{kind}"}}', before) == 1


def test_it_is_answered_without_the_database() -> None:
    # pytest-django refuses every query of a test that did not ask for the database.
    assert request("GET", "/metrics").status == 200
    assert "personalization_ruleset_version" not in scraped()


@pytest.mark.django_db
def test_the_version_the_spool_and_the_copy_s_age_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(settings.DATA_DIR / "spool")
    for _ in range(3):
        spool.put(b"{}")
    spool.put_aside(spool.waiting()[0])
    monkeypatch.setattr(node_state, "copy_age", lambda: 12.5)
    now = scraped()
    assert (now["personalization_spool_messages"], now["personalization_spool_set_aside_messages"]) == (2, 1)
    assert (now["personalization_ruleset_version"], now["personalization_copy_age_seconds"]) == (1, 12.5)


def test_the_secret_in_use_is_told_by_its_position(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "last_used", {})
    rotation.note_use(kind="secret", position=2, at=1793610000.0)
    assert scraped()[f'{NEW}{{kind="secret",position="2"}}'] == 1793610000.0


@pytest.fixture
def other(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    process = another_process("metrics.count_answer(source='live', reason='pin', seconds=.001)\ntime.sleep(1.5)")
    assert process.stdout
    process.stdout.readline()
    yield process
    end(process, kill=True)


PINNED = 'personalization_answers_total{reason="pin",source="live"}'


def test_what_other_processes_count_is_added(other: subprocess.Popen[str]) -> None:
    metrics.count_answer(source="live", reason="pin", seconds=0.001)
    own = metrics.ANSWERS.labels("live", "pin")._value.get()
    assert scraped()[PINNED] == own + 1


def test_its_own_counts_are_not_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics.count_answer(source="live", reason="pin", seconds=0.001)
    before = scraped()
    monkeypatch.setattr(node_metrics, "_own_name", f"{os.getpid()}-own.json")
    (settings.DATA_DIR / "metrics").mkdir(parents=True)
    node_metrics._write_own(settings.DATA_DIR / "metrics")
    assert len(node_metrics._names(settings.DATA_DIR / "metrics")) == 1
    assert counted(PINNED, before) == 0


def test_a_disk_that_takes_nothing_costs_nothing_but_the_counts() -> None:
    settings.DATA_DIR.write_text("no folder")
    process = another_process("metrics.count_answer(source='live', reason='pin', seconds=.001)")
    assert process.communicate("")[0] == "done\n"
    assert process.returncode == 0
    assert node_metrics.collect(settings.DATA_DIR / "metrics")


@pytest.mark.parametrize("kill", [True, False])
def test_counts_of_ended_processes_stay(kill: bool, other: subprocess.Popen[str]) -> None:
    counted_then = scraped()[PINNED]
    end(other, kill=kill)
    assert scraped()[PINNED] == counted_then
    folder = settings.DATA_DIR / "metrics"
    node_metrics.add_up_ended(folder)
    node_metrics.add_up_ended(folder)
    assert [each.name for each in folder.glob("*.json")] == ["ended.json"]
    assert scraped()[PINNED] == counted_then


def test_a_process_that_ends_has_written_its_last_counts() -> None:
    process = another_process("time.sleep(.2); metrics.count_answer(source='live', reason='pin', seconds=.001)")
    before = scraped()
    process.communicate("")
    assert counted(PINNED, before) == 1


def test_a_reader_counts_nothing_twice_while_ended_processes_are_added_up(
    other: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, counted_then = settings.DATA_DIR / "metrics", scraped()[PINNED]
    end(other, kill=True)
    names = node_metrics._names(folder)
    kept = {name: (folder / name).read_bytes() for name in names}
    node_metrics.add_up_ended(folder)
    for name, content in kept.items():
        (folder / name).write_bytes(content)  # as one who read them before they were added up
    assert scraped()[PINNED] == counted_then


def test_a_broken_file_costs_nothing_but_itself(tmp_path: Path) -> None:
    folder = settings.DATA_DIR / "metrics"
    folder.mkdir(parents=True)
    (folder / f"{os.getpid()}-0.json").write_text('[["personalization_answers"')
    assert request("GET", "/metrics").status == 200


def test_a_token_keeps_others_out(settings: SettingsWrapper) -> None:
    settings.METRICS_TOKEN = "t0ken-é"
    assert request("GET", "/metrics").status == 401
    assert request("GET", "/metrics", headers={"Authorization": "Bearer wrong"}).status == 401
    known = {"Authorization": "Bearer t0ken-é".encode().decode("latin-1")}
    assert request("GET", "/metrics", headers=known).status == 200


def expressions() -> list[str]:
    rules = YAML(typ="safe").load(DEPLOY / "alerts.yaml")
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    alerts = [each["expr"] for group in rules["groups"] for each in group["rules"]]
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    return [*alerts, *panels]


@pytest.mark.django_db
def test_alerts_and_dashboard_name_metrics_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_state, "copy_age", lambda: 1.0)
    monkeypatch.setitem(rotation.last_used, ("secret", 1), time.time())
    metrics.count_answer(source="live", reason="pin", seconds=0.001)
    metrics.count_message(kind="hang", status=200)
    metrics.ANSWERS_NOT_TAKEN.labels("assistant-not-found").inc()
    metrics.DUTY_DONE.labels("housekeeping").set(1)
    there = {series.partition("{")[0] for series in scraped()}
    named = {name for text in expressions() for name in re.findall(r"personalization_\w+", text)}
    assert len(named) >= 8
    assert named <= there


@pytest.mark.parametrize("expression", expressions())
def test_expressions_are_promql(expression: str) -> None:
    promql_parser.parse(expression.replace("$__rate_interval", "5m"))


def test_each_alert_says_what_to_do() -> None:
    rules: list[dict[str, Any]] = YAML(typ="safe").load(DEPLOY / "alerts.yaml")["groups"][0]["rules"]
    for each in rules:
        assert re.fullmatch(r"[A-Z]\w+", each["alert"])
        assert each["annotations"]["summary"]
        assert each["annotations"]["description"]
        assert each["labels"]["severity"] in {"page", "ticket"}


def test_every_metric_stands_in_the_documentation() -> None:
    text = (DEPLOY.parent / "docs" / "operating.md").read_text()
    families = text_string_to_metric_families(request("GET", "/metrics").body.decode())
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"`{name}`" in text

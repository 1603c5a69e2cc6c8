"""Rules as YAML for git: out, in, and what is wrong with its line."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assistants.document import draft_document
from assistants.models import AssistantVariant, Line, PublishedVersion, RoutingRule
from assistants.publishing import publish_first
from assistants.rules_file import UnreadableFile, dump, load
from tests.conftest import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(vip_desk: AssistantVariant, front_desk: AssistantVariant, support_line: Line) -> dict[str, Any]:
    """Something of everything, published."""
    assert front_desk.document
    front_desk.document["model"]["messages"][0]["content"] = "First line.\nSecond: {{customerName}}.\n\nLast."
    front_desk.save()
    rule("Gold", vip_desk, ("tier", "is", "gold"), ("line_time", "between", "09:00, 17:00"))
    rule("Yes: no", vip_desk, priority=7, enabled=False)
    publish_first()
    return draft_document()


def test_what_is_dumped_is_loaded_as_it_was(published: dict[str, Any]) -> None:
    text = dump(published)
    assert load(text) == published
    assert dump(load(text)) == text
    assert "content: |-\n" in text
    assert "\n              Second: {{customerName}}.\n\n" in text


def test_dumping_and_loading_changes_nothing(
    published: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "assistants.yaml"
    call_command("dump_assistants", str(file))
    call_command("load_assistants", str(file), "--prune")
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing to change: this is what callers hear already."
    assert PublishedVersion.objects.count() == 1


def test_loading_reproduces_the_file(
    published: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "nina")
    file = tmp_path / "assistants.yaml"
    file.write_text(dump(published).replace("priority: 7", "priority: 8"))
    call_command("load_assistants", str(file))
    out = capsys.readouterr().out
    assert "rule “Yes: no” changed\n    priority: 7 → 8\n" in out
    assert "1 change made and published as version 2" in out
    assert PublishedVersion.objects.get(number=2).note == "Loaded from assistants.yaml by nina (command line)"
    call_command("dump_assistants")
    assert capsys.readouterr().out == file.read_text()


def test_a_dry_run_changes_nothing(
    published: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "assistants.yaml"
    del published["rules"]["Gold"]
    file.write_text(dump(published))
    call_command("load_assistants", str(file), "--prune", "--dry-run")
    assert capsys.readouterr().out == "rule “Gold” removed\n1 change would be made; nothing was changed.\n"
    assert RoutingRule.objects.filter(name="Gold").exists()


def test_a_file_may_name_what_is_there_already(published: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "more.yaml"
    file.write_text("rules:\n  More: {priority: 1, variant: VIP desk}\n")
    call_command("load_assistants", str(file))
    assert list(draft_document()["rules"]) == ["More", "Yes: no", "Gold"]
    with pytest.raises(CommandError, match="There is no variant “VIP desk”"):
        call_command("load_assistants", str(file), "--prune")


def test_ids_are_mapped_between_staging_and_production(published: dict[str, Any], tmp_path: Path) -> None:
    file, ids = tmp_path / "assistants.yaml", tmp_path / "ids.yaml"
    file.write_text(dump(published))
    ids.write_text("asst_vip: asst_production\n")
    call_command("load_assistants", str(file), "--ids", str(ids))
    assert AssistantVariant.objects.get(name="VIP desk").vapi_id == "asst_production"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rules: [", "line 1: This is not YAML as it should be"),
        (
            "lines:\n  A: {number: '+13035550190'}\n  A: {number: '+13035550191'}\n",
            "line 3: This is not YAML as it should be: found duplicate key",
        ),
        ("", "The document must be an object"),
        ("- a\n", "The document must be an object"),
        ("rules: " + "{a: " * 500 + "1" + "}" * 500, "This is nested too deeply"),
        ("colours: {}\n", "line 1: colours: There is no such key"),
        ("variants:\n  VIP:\n    kind: saved-assistant\n", "line 2: variants / VIP / vapi_id: A saved assistant"),
        (
            "variants:\n  VIP:\n    kind: whole-assistant\n    document:\n      model:\n        provider: opnai\n",
            "line 6: variants / VIP / document: model.provider: “opnai” is not one of",
        ),
        (
            "variants:\n  VIP: {kind: saved-assistant, vapi_id: x}\n"
            "rules:\n  Gold:\n    priority: 1\n    variant: VIP\n    conditions:\n"
            "      - {trait: known, operator: yes}\n"
            "      - trait: tier\n        operator: at-least\n        value: '5'\n",
            "line 10: rules / Gold / condition 2 / operator: “is at least” does not fit a text",
        ),
        (
            "variants:\n  VIP: {kind: saved-assistant, vapi_id: x}\n"
            "rules:\n  Often:\n    priority: 1\n    variant: VIP\n    conditions:\n"
            "      - {trait: calls_in_days, parameter: '30', operator: at-least, value: '51'}\n",
            "line 8: rules / Often / condition 1 / value: “51” never matches: write a smaller number, as only the last",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(text)
    before = draft_document()
    with pytest.raises(CommandError, match="Nothing was changed") as refusal:
        call_command("load_assistants", str(file))
    assert sentence in str(refusal.value)
    assert draft_document() == before


def test_the_example_in_the_repository_is_without_problems() -> None:
    example = Path(__file__).parents[2] / "assistants.example.yaml"
    assert dump(load(example.read_text())) == example.read_text()


def test_dates_may_stand_without_quotes() -> None:
    assert load("holidays:\n  US: [2026-12-25]\n") == {"holidays": {"US": ["2026-12-25"]}}
    with pytest.raises(UnreadableFile, match="a list of dates"):
        load("holidays:\n  US: [soon]\n")


def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.yaml cannot be read: No such file"):
        call_command("load_assistants", "nowhere.yaml")

"""Where the schema comes from, and what happens where it does not come."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import SettingsWrapper

from assistants import vapi_schema_file
from assistants.vapi_schema import check_assistant, check_overrides, check_squad
from assistants.vapi_schema_file import written_schema


@pytest.fixture(scope="session")
def schema() -> Path:
    """Written once, by the SDK's own process."""
    return written_schema()


def test_a_worker_that_checks_stays_small_and_never_loads_the_sdk(schema: Path) -> None:
    script = """
import resource, sys
import django
django.setup()
from assistants.vapi_schema import check_assistant
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert check_assistant({"model": {"provider": "opnai"}})[0].path == "model.provider"
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, {"vapi", "pydantic"} & set(sys.modules))
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "personalization.settings"}
    printed = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    grown_kb, loaded = printed.stdout.split(maxsplit=1)
    assert int(grown_kb) < 40_000
    assert loaded.strip() == "set()"


def test_the_schema_is_written_whole_and_nothing_beside_it(schema: Path) -> None:
    assert schema.name.startswith("vapi-schema-3.0.0-")
    assert 200_000 < schema.stat().st_size < 600_000
    assert list(schema.parent.glob("vapi-schema*")) == [schema]


def test_the_command_writes_the_schema_once(
    settings: SettingsWrapper, tmp_path: Path, schema: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path / "new"
    quick = tmp_path / "python"  # spares the seconds of the SDK: it has written this file already
    quick.write_text(f"#!/bin/sh\ncp '{schema}' \"$3\"\n")
    quick.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(quick))
    first, second = StringIO(), StringIO()
    call_command("write_vapi_schema", stdout=first)
    call_command("write_vapi_schema", stdout=second)
    written = settings.DATA_DIR / schema.name
    assert first.getvalue() == f"Vapi's schema (SDK 3.0.0) was written to {written}.\n"
    assert second.getvalue() == f"Vapi's schema (SDK 3.0.0) is already in {written}.\n"


def test_where_it_cannot_be_written_there_is_one_warning_and_one_attempt(
    settings: SettingsWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path / "new"
    attempts, broken = tmp_path / "attempts", tmp_path / "python"
    broken.write_text(f"#!/bin/sh\necho once >> '{attempts}'\necho 'No SDK here' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    [problem] = check_assistant({"model": 5})
    assert problem == check_overrides({"model": 5})[0]
    assert problem.is_warning
    assert problem.sentence.startswith("This could not be checked against Vapi's schema: writing ")
    assert problem.sentence.endswith(".json failed (No SDK here).")
    assert attempts.read_text() == "once\n"
    with pytest.raises(CommandError, match=r"Vapi's schema was not written: .* failed \(No SDK here\)\."):
        call_command("write_vapi_schema")


def test_a_writer_that_hangs_is_ended(
    settings: SettingsWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(vapi_schema_file, "_LONGEST_WAIT_S", 0.01)
    [problem] = check_assistant({})
    assert problem.sentence.endswith(".json took longer than 0.01 seconds.")
    assert list(tmp_path.iterdir()) == []


def test_where_the_folder_cannot_be_made_the_reason_is_said(settings: SettingsWrapper, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"
    [problem] = check_squad({})
    assert problem.is_warning
    assert "could not be started (Not a directory)" in problem.sentence


def test_a_broken_schema_is_a_warning_that_says_what_to_do(
    settings: SettingsWrapper, tmp_path: Path, schema: Path
) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / schema.name).write_text('{"properties": ')
    [problem] = check_assistant({})
    assert problem.is_warning
    assert problem.sentence.endswith("; delete it, and it is written anew.")

"""Static files are collected on the first start and after an upgrade, and cost other starts nothing."""

import os
import shutil
from pathlib import Path

import pytest
from pytest_django.fixtures import SettingsWrapper

from personalization.preparation import collect_static_files


@pytest.fixture
def source(settings: SettingsWrapper, tmp_path: Path) -> Path:
    """A release with one static file, which has been collected."""
    file = tmp_path / "source" / "look.css"
    file.parent.mkdir()
    file.write_text("a { color: red }")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [file.parent]
    settings.STATIC_ROOT = tmp_path / "collected"
    collect_static_files()
    return file


@pytest.fixture
def collected(source: Path, tmp_path: Path) -> Path:
    return tmp_path / "collected" / source.name


def test_a_second_start_leaves_them_alone(collected: Path) -> None:
    collected.write_text("as it was")
    collect_static_files()
    assert collected.read_text() == "as it was"


def test_a_file_that_has_changed_is_collected(source: Path, collected: Path) -> None:
    change(source, "a { color: blue }")
    collect_static_files()
    assert "blue" in collected.read_text()


def test_a_new_way_of_collecting_collects_again(collected: Path, settings: SettingsWrapper) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    collect_static_files()
    assert len(list(collected.parent.glob("look.*.css"))) == 1


def test_a_folder_that_is_gone_is_filled_again(source: Path, collected: Path) -> None:
    collected.parent.rename(collected.parent.with_name("gone"))
    collect_static_files()
    assert collected.read_text() == source.read_text()


def test_a_collection_that_failed_is_made_again(source: Path, collected: Path) -> None:
    unchanged = source.stat()
    change(source, "a { color: blue }")
    collected.unlink()
    (collected / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match=collected.name):
        collect_static_files()
    shutil.rmtree(collected)
    change(source, "a { color: red }", at=unchanged.st_mtime_ns)
    collect_static_files()
    assert collected.read_text() == "a { color: red }"


def change(file: Path, text: str, *, at: int | None = None) -> None:
    """As an upgrade does, some time after the last: Django compares whole seconds."""
    file.write_text(text)
    moment = at or file.stat().st_mtime_ns + 10**10
    os.utime(file, ns=(moment, moment))

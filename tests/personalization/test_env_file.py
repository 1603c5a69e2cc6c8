"""The `.env` of the first start."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from personalization import env_file


@pytest.fixture
def careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def settings_in(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_it_holds_secrets_that_nobody_shares(tmp_path: Path, careless_umask: None) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert env_file.ensure(one)
    assert env_file.ensure(two)
    assert one.stat().st_mode & 0o777 == 0o600
    assert settings_in(one).keys() == {"SECRET_KEY", "VAPI_WEBHOOK_SECRETS"}
    assert not set(settings_in(one).values()) & set(settings_in(two).values())
    assert all(len(value) >= 40 and "," not in value for value in settings_in(one).values())


def test_it_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("DEBUG=true\n")
    assert not env_file.ensure(path)
    assert path.read_text() == "DEBUG=true\n"


def test_one_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    monkeypatch.setattr(env_file, "_content", lambda: str(path.write_text("DEBUG=true\n")))
    assert not env_file.ensure(path)
    assert path.read_text() == "DEBUG=true\n"


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    env_file.ensure(tmp_path / ".env")
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_nothing_half_written_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(env_file.EnvFileNotWritten, match=r"No space left on device.*SECRET_KEY"):
        env_file.ensure(tmp_path / ".env")
    assert list(tmp_path.iterdir()) == []

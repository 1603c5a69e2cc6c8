"""Reading settings from the environment or `.env`: a bad value stops the start with one sentence."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

_SETTING = re.compile(r"(?:export )?[A-Za-z_0-9]+=")  # as django-environ reads it
_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}


def env_file() -> Path:
    """Where settings are read from beside the environment: `.env`, or what ENV_FILE names."""
    return BASE_DIR / os.environ.get("ENV_FILE", ".env")


def read_env_file() -> None:
    """Puts the settings in `.env`, if there is one, into the environment; what already stands there wins."""
    path = env_file()
    if not path.exists():
        return
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path} is not UTF-8 text: save it as UTF-8.") from error
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, start=1):
        # The line may hold a secret, so the message does not repeat it.
        if line and not line.startswith("#") and not _SETTING.match(line):
            raise ImproperlyConfigured(f"{path}, line {number}: must read NAME=value, without blanks around the =.")
    environ.Env.read_env(path)


def data_dir() -> Path:
    """Where the embedded database and all other files of this installation live."""
    return BASE_DIR / text("DATA_DIR", ".local")


def text(name: str, default: str = "") -> str:
    """The setting's text without surrounding blanks; an empty setting counts as not set."""
    return os.environ.get(name, "").strip() or default


def required(name: str, hint: str) -> str:
    """The setting's text; refuses the start with `hint` where it is not set."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {hint}")
    return value


def boolean(name: str, default: bool) -> bool:
    """`true` or `false` (also yes/no, on/off, 1/0)."""
    value = text(name, str(default)).lower()
    if value not in _YES | _NO:
        raise ImproperlyConfigured(f"{name} must be true or false, not {text(name)!r}.")
    return value in _YES


def whole_number(name: str, default: int, *, low: int, high: int) -> int:
    """A number of digits only, from `low` to `high`."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A comma-separated list, without blanks and empty entries."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def secrets(name: str) -> list[str]:
    """A comma-separated list of secrets; refuses an empty one, which would equal a missing header."""
    value = text(name)
    if value and not all(word.strip() for word in value.split(",")):
        raise ImproperlyConfigured(f"{name} holds an empty secret: remove the extra comma.")
    return words(name)


def region(name: str, default: str, known: set[str]) -> str:
    """A two-letter country code that phonenumbers knows, such as `US`."""
    value = text(name, default).upper()
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be a two-letter country code such as US, not {value!r}.")
    return value


def web_address(name: str) -> str:
    """An `http(s)://host[:port]` address without a path, or nothing."""
    value = text(name).rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not whole or parts.path or parts.query or parts.username:
        raise ImproperlyConfigured(f"{name} must look like https://voice.example.com, not {value!r}.")
    return value


def database(name: str) -> dict[str, Any]:
    """A `postgres://user:password@host:port/name` address as Django's dictionary."""
    value = required(name, "start through manage.py or `make run`, which start the embedded database.")
    # The value may hold a password, so no message repeats it.
    if value.split("://")[0] not in {"postgres", "postgresql", "psql", "pgsql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgres://: this server keeps its data in PostgreSQL.")
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(value))
    except (ValueError, environ.ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:5432/name.") from error
    if not config.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database: postgres://user:password@host:5432/NAME.")
    return config

"""Reading settings from the environment or `.env`: a bad value stops the start with one sentence."""

import os
import re
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from personalization.forwarded import Network

BASE_DIR = Path(__file__).resolve().parent.parent

_SETTING = re.compile(r"(?:export )?[A-Za-z_0-9]+=")  # as django-environ reads it
_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


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


def port() -> int:
    """Where this server listens."""
    return whole_number("PORT", 8000, low=1, high=65535)


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


def choice(name: str, choices: Sequence[str]) -> str:
    """One of the choices, whatever its case; by default the first."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {', '.join(choices[:-1])} or {choices[-1]}, not {value!r}.")
    return value


def networks(name: str) -> list[Network]:
    """A comma-separated list of IP addresses and networks, such as `10.0.0.0/8, 192.0.2.7, 2001:db8::/32`."""
    try:
        return [ip_network(word, strict=False) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must hold IP addresses and networks such as 10.0.0.0/8: {error}."
        ) from error


def web_address(name: str) -> str:
    """An `http(s)://host[:port]` address without a path, as browsers write it, or nothing."""
    value = text(name).rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        if parts.scheme in _DEFAULT_PORTS and not (parts.path or parts.query or parts.fragment or parts.username):
            return f"{parts.scheme}://{_host_and_port(parts)}"
    except ValueError:
        pass
    raise ImproperlyConfigured(f"{name} must look like https://voice.example.com, not {value!r}.")


def _host_and_port(parts: SplitResult) -> str:
    """In lower case, other alphabets in Punycode, without the scheme's own port. Raises ValueError."""
    host = (parts.hostname or "").encode("idna").decode()
    if not host or parts.port == 0:
        raise ValueError
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


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

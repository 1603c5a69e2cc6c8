"""A pytest plugin: an empty PostgreSQL for this run, and settings that nobody's `.env` leaks into.

TEST_DATABASE_URL=postgres://… takes another server instead; its role must be allowed to create databases.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings

from personalization import embedded_postgres

_PLAIN_STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django reads the settings; taken down at the very end, also after Ctrl-C."""
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    data_dir = Path(stack.enter_context(TemporaryDirectory(prefix="personalization-test-")))
    (data_dir / "static").mkdir()
    os.environ |= {
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or _throwaway_url(stack),
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "for-tests-only-" * 4,
        "VAPI_WEBHOOK_SECRETS": "new-secret,old-secret",
        "DATA_DIR": str(data_dir),
    }
    return (yield)


def pytest_configure() -> None:
    """Pages name their static files as they are: nobody has collected and hashed them here."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": _PLAIN_STATIC_FILES}}


def _throwaway_url(stack: ExitStack) -> str:
    try:
        return stack.enter_context(embedded_postgres.throwaway())
    except embedded_postgres.DatabaseUnavailable as error:
        raise pytest.UsageError(str(error)) from error

"""A Vapi of the tests' own."""

from collections.abc import Iterator
from typing import Any

import pytest

from assistants.publishing import publish_first
from tests.vapi_fake import KEY, FakeVapi, serving


@pytest.fixture
def vapi(settings: Any) -> Iterator[FakeVapi]:
    """Vapi as this installation knows it: with its key, and a public address of ours."""
    with serving() as fake:
        settings.VAPI_API_KEY, settings.VAPI_API_URL = KEY, fake.url
        settings.PUBLIC_URL = "https://voice.example.com"
        yield fake


@pytest.fixture
def published(db: None) -> None:
    """A first version, so that nothing waits."""
    publish_first()

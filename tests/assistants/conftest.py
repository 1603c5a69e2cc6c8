"""A first version."""

import pytest

from assistants.publishing import publish_first


@pytest.fixture
def published(db: None) -> None:
    """A first version, so that nothing waits."""
    publish_first()

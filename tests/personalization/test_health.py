"""livez and readyz, for operators and load balancers."""

import pytest

from tests.conftest import request


def test_the_process_answers_without_a_database() -> None:
    assert (request("GET", "/livez").status, request("GET", "/livez").json) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_it_is_ready_when_a_call_can_be_answered() -> None:
    assert (request("GET", "/readyz").status, request("GET", "/readyz").json) == (200, {"status": "ready"})


def test_it_is_not_ready_without_the_database() -> None:
    # pytest-django refuses every query of a test that did not ask for the database.
    answer = request("GET", "/readyz")
    assert answer.status == 503
    assert "is the database there and migrated?" in answer.json["detail"]

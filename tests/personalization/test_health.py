"""livez, for operators and load balancers; readyz is tested with the local copy (test_local_copy.py)."""

from tests.conftest import request


def test_the_process_answers_without_a_database() -> None:
    assert (request("GET", "/livez").status, request("GET", "/livez").json) == (200, {"status": "alive"})

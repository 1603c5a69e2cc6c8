import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/custmers", "/api/v2/customers/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_where_there_is_nothing_programs_are_told_so_as_everywhere_in_the_api(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path, follow=False)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == "There is nothing at this address: /api/docs/ lists what there is."

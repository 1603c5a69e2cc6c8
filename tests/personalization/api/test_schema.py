"""The OpenAPI document and its page; and that the API does what the document says, whatever is asked."""

import os
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from customers.models import Customer
from personalization.api.keys import PerKey
from personalization.wsgi import application
from tests.conftest import request
from tests.personalization.api.conftest import Api

SCHEMA = "/api/schema/?format=json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 20 * int(os.environ.get("SOAK", "1"))

described = schemathesis.openapi.from_wsgi(SCHEMA, application)


@described.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="SOAK" not in os.environ,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_does_what_its_document_says(
    case: schemathesis.Case[Any], api: Api, ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PerKey, "rate", "100000/min")
    case.call_and_validate(headers={"Authorization": f"Bearer {api.key}"}, checks=CHECKS)


def test_the_document_describes_each_address_and_how_to_sign_in() -> None:
    document = yaml.safe_load(request("GET", "/api/schema/").body)
    assert set(document["paths"]) == {
        "/api/customers",
        "/api/customers/{external_id}",
        "/api/customers/{external_id}/calls",
        "/api/calls",
        "/api/calls/{id}",
        "/api/outbound-calls",
        "/api/web-calls",
    }
    assert set(document["paths"]["/api/customers/{external_id}"]) == {"get", "put", "patch", "delete"}
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/", "/api/docs", "/api/docs/"])
def test_they_are_found_with_and_without_a_slash(path: str) -> None:
    assert request("GET", path).status == 200


def test_the_page_takes_everything_from_this_server_and_runs_nothing_inline() -> None:
    page = request("GET", "/api/docs/").body.decode()
    assert "//cdn" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3

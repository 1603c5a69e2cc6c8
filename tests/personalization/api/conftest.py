"""A key for everything, and a way to ask the API."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache

from personalization.api.models import ApiKey, Scope
from tests.conftest import Answer, request


@dataclass(frozen=True)
class Api:
    """The API as the holder of a key meets it."""

    key: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        query = ""
        if path.startswith(("/api/customers?", "/api/calls?")):  # else the question mark belongs to somebody's id
            path, _, query = path.partition("?")
        sent = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return request(
            method,
            path,
            query=query,
            body=b"" if body is None else json.dumps(body).encode(),
            headers={name: text for name, text in sent.items() if text},
        )

    def get(self, path: str = "/api/customers", **headers: str) -> Answer:
        return self("GET", path, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self("PUT", path, body, **headers)


KeyFor = Callable[..., Api]


@pytest.fixture
def key_for(db: None) -> KeyFor:
    """An API whose key has these scopes."""
    cache.clear()
    return lambda *scopes: Api(ApiKey.objects.make(name="CRM", scopes=list(scopes))[1])


@pytest.fixture
def api(key_for: KeyFor) -> Api:
    """The API with a key for everything."""
    return key_for(*Scope.values)


def fields(answer: Answer) -> dict[str, str]:
    """What a problem complains of: field → sentence."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {error["field"]: error["detail"] for error in answer.json["errors"]}

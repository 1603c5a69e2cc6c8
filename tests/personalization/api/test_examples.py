"""The examples in docs/calls-we-start.md do what they say, against the running API."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory
from pytest_django.live_server_helper import LiveServer

from assistants.models import AssistantVariant
from customers.models import Customer
from personalization.api.models import ApiKey, Scope
from tests.assistants.liquid.engine import node_and_npm
from tests.conftest import rule

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "web-call"


@pytest.mark.parametrize("name", ["page.js", "express_backend.mjs", "django_backend.py"])
def test_the_page_of_the_documentation_shows_them_as_they_are(name: str) -> None:
    assert (EXAMPLE / name).read_text() in (ROOT / "docs" / "calls-we-start.md").read_text()


@pytest.mark.parametrize("name", ["page.js", "express_backend.mjs"])
def test_they_are_javascript(name: str, tmp_path: Path) -> None:
    module = tmp_path / f"{name}.mjs"
    module.write_text((EXAMPLE / name).read_text())
    try:
        checked = subprocess.run([*node_and_npm()[0], "--check", module], capture_output=True, text=True, check=False)
    except OSError:
        pytest.skip("no Node")
    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def backend(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The site's own server, which has a key of this one."""
    monkeypatch.setenv("PERSONALIZATION_URL", live_server.url)
    monkeypatch.setenv("PERSONALIZATION_KEY", ApiKey.objects.make(name="Site", scopes=[Scope.CALLS_START])[1])
    spec = importlib.util.spec_from_file_location("django_backend", EXAMPLE / "django_backend.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start_call(backend: ModuleType, user: Any) -> Any:
    request = RequestFactory().post("/start-call")
    request.user = user
    return backend.start_call(request)


@pytest.mark.django_db(transaction=True)
def test_the_django_back_end_gives_the_page_what_to_start(
    backend: ModuleType, ada: Customer, vip_desk: AssistantVariant, settings: Any
) -> None:
    settings.VAPI_ORG_ID, settings.VAPI_API_KEY = "org-1", "a-private-key-of-36-characters-12345"
    rule("Everybody", vip_desk)
    answer = start_call(backend, User(username="c001"))
    start = orjson.loads(answer.content)
    assert start.keys() == {"assistant", "assistantOverrides", "squad", "token"}
    assert start["assistantOverrides"]["variableValues"]["customerName"] == "Ada Example"
    Customer.objects.update(blocked=True)
    refused = start_call(backend, User(username="c001"))
    assert (refused.status_code, orjson.loads(refused.content)) == (409, {"say": "We are unable to take your call."})
    assert start_call(backend, AnonymousUser()).status_code == 302

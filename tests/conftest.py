"""A few people with names, two variants, and a way to post a message through the real door."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from assistants import live
from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.models import AssistantVariant, Condition, Line, RoutingRule, SiteSettings, Variable
from customers import directory
from customers.models import ContactPoint, Customer
from personalization import decision_spool
from personalization.wsgi import application
from tests import first_rows
from tests.vapi_fake import KEY, FakeVapi, serving

_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
SECRET = {"X-Vapi-Secret": "new-secret"}
SEED_VARIABLES = (
    ("customerName", "name", "friend"),
    ("accountType", "tier", "standard"),
    ("joinDate", "joined_on", "long ago"),
)


@dataclass(frozen=True)
class Answer:
    """What came back from the server: its status, headers, and body as bytes and as JSON."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        return self.headers["X-Decision"]


def request(
    method: str = "POST",
    path: str = "/api/assistant-selector",
    *,
    query: str = "",
    body: bytes = b"",
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Answer:
    """One request through the WSGI application, as the server hands it over."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
    started: list[Any] = []
    # As in Django's own test client: a test's transaction must outlive its requests.
    request_started.disconnect(close_old_connections)
    try:
        content = b"".join(application(environ, lambda *line: started.extend(line)))
    finally:
        request_started.connect(close_old_connections)
    return Answer(int(started[0][:3]), dict(started[1]), content)


def post(body: Any, headers: dict[str, str] | None = None) -> Answer:
    """Posts `body` as JSON to the webhook, with the right secret unless `headers` say otherwise."""
    return request(body=json.dumps(body).encode(), headers=SECRET if headers is None else headers)


def call_from(number: Any, *, line: str = "+13035550190") -> Answer:
    """What a caller with this number gets on this line."""
    call = {"id": "call-1", "type": "inboundPhoneCall", "customer": {"number": number}}
    return post({"message": {"type": "assistant-request", "call": call, "phoneNumber": {"number": line}}})


@pytest.fixture(autouse=True)
def what_was_saved_is_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call is decided by the draft and the customers as a test has just saved them, in its own transaction.

    Tests of publishing publish themselves; tests of the local copy fill one.
    """
    monkeypatch.setattr(live, "current", live_draft)
    monkeypatch.setattr(directory, "_from_copy", directory._from_database)
    monkeypatch.setattr(directory, "copy_age", lambda: 0.0)


@pytest.fixture(autouse=True)
def an_empty_spool(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What one test spools, no other stores; decisions are spooled when a test says so, and not at any moment."""
    monkeypatch.setattr(decision_spool.waiting, "gather_s", 60)
    yield
    decision_spool.waiting.flush()
    shutil.rmtree(settings.DATA_DIR / "spool", ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A test that cannot be rolled back leaves the tables as migrations made them."""
    with django_db_blocker.unblock():
        first_rows.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: first_rows.put_back())
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks those that ask the database. Faults come last, when no other test runs."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        if item.get_closest_marker("django_db") or not _DATABASE.isdisjoint(names):
            item.add_marker("database")
    items.sort(key=lambda item: item.get_closest_marker("faults") is not None)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call() -> Iterator[None]:
    """Log lines, which a thread writes a moment later, stay with their test."""
    try:
        yield
    finally:
        for handler in logging.getLogger("personalization").handlers:
            handler.flush()


def live_draft() -> live.Live:
    """The draft and the switches, as if they were published at every call."""
    document = draft_document()
    return live.Live(compile_document(document, version=1), live.read_switches())


@pytest.fixture
def vapi(settings: Any) -> Iterator[FakeVapi]:
    """Vapi as this installation knows it: with its key, and a public address of ours."""
    with serving() as fake:
        settings.VAPI_API_KEY, settings.VAPI_API_URL = KEY, fake.url
        settings.PUBLIC_URL = "https://voice.example.com"
        yield fake


@pytest.fixture
def ada(db: None) -> Customer:
    """A gold customer with a number."""
    return customer("c001", "Ada Example", "+13035550101", tier="gold", joined_on=date(2023, 4, 1), language="en")


@pytest.fixture
def vip_desk(db: None) -> AssistantVariant:
    """A saved assistant (option 1) with the three seed variables."""
    variant = AssistantVariant.objects.create(name="VIP desk", kind="saved-assistant", vapi_id="asst_vip")
    add_seed_variables(variant)
    return variant


@pytest.fixture
def front_desk(db: None) -> AssistantVariant:
    """A whole assistant (option 2) with the three seed variables."""
    document = {
        "name": "Front desk",
        "firstMessage": "Hello {{customerName}}! I see you've been a {{ accountType }} customer since {{joinDate}}.",
        "model": {
            "provider": "openai",
            "model": "gpt-4o",
            "messages": [{"role": "system", "content": "Shout {{ customerName | upcase }} at {{now}}."}],
        },
    }
    variant = AssistantVariant.objects.create(name="Front desk", kind="whole-assistant", document=document)
    add_seed_variables(variant)
    return variant


@pytest.fixture
def support_line(front_desk: AssistantVariant) -> Line:
    """The dialled line; its fallback is the front desk."""
    return Line.objects.create(
        name="Support", number="+13035550190", region="US", timezone="America/Denver", fallback=front_desk
    )


@pytest.fixture
def no_site_fallback(db: None) -> SiteSettings:
    """A site that has nothing to answer with but what a test gives it."""
    SiteSettings.objects.update(fallback=None)
    return SiteSettings.objects.get()


def customer(external_id: str | None, name: str, *numbers: str, **facts: Any) -> Customer:
    """A stored customer with phone numbers in E.164."""
    person = Customer.objects.create(external_id=external_id, name=name, **facts)
    ContactPoint.objects.bulk_create(ContactPoint(customer=person, value=number) for number in numbers)
    return person


def add_seed_variables(variant: AssistantVariant) -> None:
    for name, trait, default in SEED_VARIABLES:
        Variable.objects.create(variant=variant, name=name, trait=trait, default=default)


def rule(name: str, variant: AssistantVariant, *conditions: tuple[str, ...], **facts: Any) -> RoutingRule:
    """A stored rule; each condition is trait, operator, value and, where the trait takes one, parameter."""
    stored = RoutingRule.objects.create(name=name, variant=variant, **facts)
    for trait, operator, value, *parameter in conditions:
        Condition.objects.create(rule=stored, trait=trait, operator=operator, value=value, parameter="".join(parameter))
    return stored


PostMessage = Callable[[Any], Answer]

"""Who may ask the API, for what, and how often."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.models import Customer
from personalization.api.keys import PerKey
from personalization.api.models import ApiKey, Scope
from tests.conftest import call_from, request
from tests.personalization.api.conftest import Api, KeyFor

AUTHORIZATIONS = ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Bearer a.b", "Bearer \0.b", "Bearer ü.b"]


@pytest.mark.parametrize("header", AUTHORIZATIONS)
def test_without_a_good_key_nothing_is_said(ada: Customer, header: str) -> None:
    sent = {"Authorization": header.encode().decode("latin-1")} if header else {}
    answer = request("GET", "/api/customers/c001", headers=sent)
    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert b"Ada" not in answer.body


def test_a_key_with_another_secret_behind_the_same_prefix_is_none(api: Api, ada: Customer) -> None:
    assert Api(api.key[:-1] + ("a" if api.key[-1] != "a" else "b")).get().status == 401


def test_revoked_and_expired_keys_end_at_once(api: Api, ada: Customer) -> None:
    assert api.get().status == 200
    ApiKey.objects.update(expiry_date=timezone.now() - timedelta(seconds=1))
    assert api.get().status == 401
    ApiKey.objects.update(expiry_date=timezone.now() + timedelta(days=1))
    assert api.get().status == 200
    ApiKey.objects.update(revoked=True)
    assert api.get().status == 401


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/customers", Scope.CUSTOMERS_READ),
        ("GET", "/api/customers/c001", Scope.CUSTOMERS_READ),
        ("POST", "/api/customers", Scope.CUSTOMERS_WRITE),
        ("PATCH", "/api/customers", Scope.CUSTOMERS_WRITE),
        ("PUT", "/api/customers/c001", Scope.CUSTOMERS_WRITE),
        ("PATCH", "/api/customers/c001", Scope.CUSTOMERS_WRITE),
        ("DELETE", "/api/customers/c001", Scope.CUSTOMERS_ERASE),
    ],
)
def test_each_act_needs_its_own_scope(key_for: KeyFor, ada: Customer, method: str, path: str, scope: Scope) -> None:
    others = key_for(*[each for each in Scope if each != scope])
    body = None if method in ("GET", "DELETE") else {"external_id": "c002", "customers": []}
    refused = others(method, path, body)
    assert refused.status == 403
    assert refused.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    assert key_for(scope)(method, path, body).status != 403


def test_a_key_is_not_stored(api: Api) -> None:
    record = ApiKey.objects.get()
    assert api.key.partition(".")[2] not in repr(vars(record))


def test_each_key_has_its_own_limit(key_for: KeyFor, ada: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerKey, "rate", "2/min")
    busy, other = key_for(Scope.CUSTOMERS_READ), key_for(Scope.CUSTOMERS_READ)
    assert [busy.get().status for _ in range(3)] == [200, 200, 429]
    assert 0 < int(busy.get().headers["Retry-After"]) <= 60
    assert other.get().status == 200
    assert call_from("+13035550101").status == 200


def test_the_command_shows_the_key_once(ada: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_key", "CRM", "--scope", "customers:read", "calls:read")
    said = capsys.readouterr()
    assert Api(said.out.strip()).get().status == 200
    assert ApiKey.objects.get().scopes == ["calls:read", "customers:read"]


def test_all_means_every_scope(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_key", "CRM", "--scope", "all")
    assert ApiKey.objects.get().scopes == sorted(Scope.values)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["CRM"], "Say what the key is for"),
        (["CRM", "--scope", "customers"], "“customers” is no scope"),
        ([" ", "--scope", "all"], "NAME has"),
        (["x" * 51, "--scope", "all"], "NAME has"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(db: None, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("create_api_key", *arguments)
    assert not ApiKey.objects.exists()

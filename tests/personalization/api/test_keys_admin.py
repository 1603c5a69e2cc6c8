"""API keys in the admin: made and shown once, changed, revoked."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from personalization.api.models import ApiKey
from tests.admin_forms import mistakes, save, signed_in
from tests.personalization.api.conftest import Api

ADD = "/admin/api/apikey/add/"


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    return signed_in(client)


def change(key: ApiKey) -> str:
    return reverse("admin:api_apikey_change", args=[key.pk])


def made(staff: Client, *scopes: str) -> str:
    """A new key, as the page shows it."""
    page = save(staff, ADD, {"name": "CRM", "scopes": list(scopes)})
    assert "no-store" in page.headers["Cache-Control"]
    shown = re.search(r">(\w{8}\.\w{32})<", page.content.decode())
    assert shown
    return shown[1]


def test_a_key_is_shown_once_and_works(staff: Client, ada: Customer) -> None:
    key = made(staff, "customers:read")
    assert Api(key).get().status == 200
    assert Api(key)("DELETE", "/api/customers/c001").status == 403
    for page in (change(ApiKey.objects.get()), reverse("admin:api_apikey_changelist")):
        shown = staff.get(page).content.decode()
        assert key not in shown
        assert key[:9] in shown


def test_a_key_needs_a_scope(staff: Client) -> None:
    assert "scopes" in mistakes(save(staff, ADD, {"name": "CRM"}))


def test_scopes_are_changed_and_the_key_revoked_for_good(staff: Client, ada: Customer) -> None:
    key = made(staff, "customers:read")
    record = ApiKey.objects.get()
    save(staff, change(record), {"scopes": ["customers:write"]})
    assert Api(key).get().status == 403
    save(staff, change(record), {"revoked": "on"})
    assert Api(key).get().status == 401
    save(staff, change(record), {"name": "Old CRM"})
    assert ApiKey.objects.get().revoked


def test_the_library_s_own_keys_are_not_offered(staff: Client) -> None:
    assert staff.get("/admin/rest_framework_api_key/apikey/").status_code == 404

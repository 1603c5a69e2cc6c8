"""Where something is wrong, people read a sentence and not a bare number."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.views import defaults

from tests.admin_forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [("/admin/nonsense/", 404, "There is no such page."), ("/admin/auth/user/", 403, "You may not open this page.")],
)
def test_a_page_that_is_not_there_or_not_theirs(client: Client, address: str, status: int, sentence: str) -> None:
    client.force_login(User.objects.create_user("kim", is_staff=True))
    answer = client.get(address)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


def test_a_form_that_another_site_sent() -> None:
    strict = signed_in(Client(enforce_csrf_checks=True))
    answer = strict.post("/admin/customers/customer/add/", {"name": "Ada"})
    assert answer.status_code == 403
    assert "This form was not taken." in answer.content.decode()


def test_a_name_that_the_server_does_not_go_by(client: Client) -> None:
    answer = client.get("/admin/", headers={"host": "tunnel.example.com"})
    assert answer.status_code == 400
    assert "PUBLIC_URL" in answer.content.decode()


def test_our_own_error_is_told_without_anything_that_may_be_broken(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/admin/")
    assert "Calls are answered" in defaults.server_error(request).content.decode()


def test_browsers_find_the_icon_without_a_page(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert "personalization/favicon" in answer.headers["Location"]

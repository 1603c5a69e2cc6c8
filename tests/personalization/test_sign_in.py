"""Signing in to the admin: lock-outs, and sessions that die with the account."""

from datetime import timedelta
from io import StringIO
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import F
from django.test import Client

from tests.conftest import request
from tests.signing_in import LOGIN, PASSWORD, is_in, sign_in, superuser, try_wrong_passwords

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sam() -> User:
    return superuser("sam")


def test_five_wrong_passwords_lock_out_and_say_so_in_one_sentence(client: Client, sam: User) -> None:
    assert try_wrong_passwords(client, 4).status_code == 200
    page = try_wrong_passwords(client, 1)
    assert page.status_code == 429
    assert "wait 15 minutes, or ask an administrator to unlock you." in page.content.decode()
    assert sign_in(client).status_code == 429
    assert not is_in(client)


def test_a_lock_out_holds_for_one_account_at_one_address(client: Client, sam: User) -> None:
    superuser("kim")
    try_wrong_passwords(client, 5)
    assert sign_in(client, name="kim").status_code == 302
    assert sign_in(client, address="203.0.113.6").status_code == 302


def test_a_lock_out_ends_by_itself(client: Client, sam: User) -> None:
    try_wrong_passwords(client, 5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_trying_on_does_not_prolong_a_lock_out(client: Client, sam: User) -> None:
    try_wrong_passwords(client, 5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    assert sign_in(client).status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=2))
    assert sign_in(client).status_code == 302


def test_the_right_password_starts_the_count_anew(client: Client, sam: User) -> None:
    try_wrong_passwords(client, 4)
    sign_in(client)
    client.logout()
    assert try_wrong_passwords(client, 4).status_code == 200


def test_another_browser_is_no_way_round(client: Client, sam: User) -> None:
    for number in range(5):
        client.post(LOGIN, {"username": "sam", "password": "x"}, HTTP_USER_AGENT=f"browser {number}")
    assert client.post(LOGIN, {"username": "sam", "password": PASSWORD}).status_code == 429


def test_a_name_that_nobody_has_is_locked_out_alike(client: Client) -> None:
    assert try_wrong_passwords(client, 5, name="nobody").status_code == 429


def test_an_administrator_unlocks_by_the_list_and_an_operator_by_a_command(client: Client, sam: User) -> None:
    kim = Client()
    kim.force_login(superuser("kim"))
    try_wrong_passwords(client, 5)
    assert [user.is_locked for user in kim.get("/admin/auth/user/").context["cl"].result_list] == [False, True]
    kim.post("/admin/auth/user/", {"action": "unlock", "_selected_action": [sam.pk]})
    assert sign_in(client).status_code == 302
    client.logout()
    try_wrong_passwords(client, 5)
    call_command("axes_reset_username", "sam", verbosity=0)
    assert sign_in(client).status_code == 302


def test_a_new_password_lets_in_who_was_locked_out(client: Client, sam: User) -> None:
    try_wrong_passwords(client, 5)
    said = StringIO()
    call_command("set_admin_password", stdout=said)
    assert sign_in(client, said.getvalue().split()[-1]).status_code == 302


def test_a_sender_without_an_address_is_counted_too(client: Client, sam: User) -> None:
    assert try_wrong_passwords(client, 5, address="").status_code == 429


def test_what_was_typed_is_kept_nowhere(client: Client, sam: User) -> None:
    try_wrong_passwords(client, 2)
    attempt = AccessAttempt.objects.get()
    assert "wrong" not in attempt.post_data + attempt.get_data


def sign_in_behind_a_proxy(client_address: str, password: str) -> int:
    token = "t" * 32
    body = urlencode({"username": "sam", "password": password, "csrfmiddlewaretoken": token}).encode()
    headers = {"Host": "localhost", "Cookie": f"csrftoken={token}", "X-Forwarded-For": client_address}
    form = "application/x-www-form-urlencoded"
    return request(path=LOGIN, body=body, content_type=form, headers=headers).status


def test_behind_a_trusted_proxy_the_clients_address_is_locked_out(settings: Any, sam: User) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    assert [sign_in_behind_a_proxy("203.0.113.5", "wrong") for _ in range(5)] == [200] * 4 + [429]
    assert sign_in_behind_a_proxy("203.0.113.6", PASSWORD) == 302
    assert sign_in_behind_a_proxy("203.0.113.5", PASSWORD) == 429


def test_an_address_that_a_stranger_makes_up_is_no_way_round(settings: Any, sam: User) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1")]
    assert [sign_in_behind_a_proxy(f"203.0.113.{number}", "wrong") for number in range(5)][-1] == 429


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"password": "another"}])
def test_a_session_dies_with_the_account(client: Client, sam: User, change: dict[str, Any]) -> None:
    sign_in(client)
    assert is_in(client)
    User.objects.filter(pk=sam.pk).update(**change)
    assert not is_in(client)

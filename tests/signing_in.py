"""Signing in to the admin as tests do it."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

LOGIN = "/admin/login/"
PASSWORD = "right horse"


def superuser(name: str) -> User:
    return User.objects.create_superuser(name, password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, *, name: str = "sam", address: str = "203.0.113.5") -> Any:
    return client.post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=address)


def try_wrong_passwords(client: Client, times: int, **where: str) -> Any:
    return [sign_in(client, f"wrong {number}", **where) for number in range(times)][-1]


def is_in(client: Client) -> bool:
    return bool(client.get("/admin/").status_code == 200)

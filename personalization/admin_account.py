"""The account that `make run` makes for the admin."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User


def find() -> str | None:
    """The name of the first account that may do everything, if there is one."""
    administrators = get_user_model().objects.filter(is_superuser=True, is_active=True)
    return administrators.order_by("pk").values_list("username", flat=True).first()


def create() -> tuple[str, str]:
    """A new account that may do everything; its name and password."""
    users = get_user_model().objects
    name = "admin" if not users.filter(username="admin").exists() else f"admin-{secrets.token_hex(3)}"
    password = secrets.token_urlsafe(12)
    users.create_superuser(name, password=password)
    return name, password


def set_password(name: str) -> str:
    """A new password for the account; gives it. Raises User.DoesNotExist."""
    user: User = get_user_model().objects.get(username=name)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password

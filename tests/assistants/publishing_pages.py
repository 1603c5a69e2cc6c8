"""What the tests of the pages that publish share."""

import re
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client

from assistants.models import PublishedVersion

VERSIONS = "/admin/assistants/publishedversion/"
PUBLISH = "/admin/publish/"
RULES = "/admin/assistants/routingrule/"
SITE = "/admin/assistants/sitesettings/1/change/"


def person(name: str, *permissions: str) -> Client:
    """Somebody of the staff who may do these things, signed in."""
    user = User.objects.create(username=name, is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def publisher(name: str) -> Client:
    return person(name, "view_publishedversion", "publish")


def words(page: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def decide(client: Client, url: str = PUBLISH, **facts: str) -> Any:
    """Opens the Publish page and presses its button."""
    return client.post(url, {"shown": client.get(PUBLISH).context["shown"], **facts}, follow=True)


def numbers() -> list[int]:
    return list(PublishedVersion.objects.values_list("number", flat=True))

"""The four ready roles."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from personalization import roles
from tests.signing_in import superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    return superuser("sam")


def allowed(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_each_role_may_do_what_the_one_before_may() -> None:
    for lesser, greater in zip(roles.ROLES, roles.ROLES[1:], strict=False):
        assert allowed(lesser) < allowed(greater)
    assert {codename.partition("_")[0] for codename in allowed("viewer")} == {"view"}
    assert {"add_customer", "change_contactpoint"} <= allowed("agent")
    assert not {"change_routingrule", "change_pin"} & allowed("agent")
    assert {"change_routingrule", "add_assistantvariant"} <= allowed("editor")
    assert "change_sitesettings" in allowed("publisher") - allowed("editor")


def test_no_role_touches_accounts() -> None:
    assert not {codename for codename in allowed("publisher") if codename.endswith(("_user", "_group", "_apikey"))}


def test_a_role_is_brought_back_to_what_this_release_says() -> None:
    before = allowed("agent")
    Group.objects.get(name="agent").permissions.clear()
    roles.bring_up_to_date()
    assert allowed("agent") == before


def test_a_permission_to_publish_goes_to_publishers_once_there_is_one() -> None:
    kind = Permission.objects.get(codename="view_publishedversion").content_type
    Permission.objects.get_or_create(codename="publish_it", content_type=kind, defaults={"name": "May publish"})
    roles.bring_up_to_date()
    assert "publish_it" in allowed("publisher") - allowed("editor")


def test_a_ready_role_cannot_be_changed_by_hand(client: Client, sam: User) -> None:
    client.force_login(sam)
    page = client.get(f"/admin/auth/group/{Group.objects.get(name='agent').pk}/change/")
    assert not page.context["has_change_permission"]
    own = Group.objects.create(name="night shift")
    assert client.get(f"/admin/auth/group/{own.pk}/change/").context["has_change_permission"]


def test_an_agent_looks_after_customers_and_nothing_else(client: Client) -> None:
    kim = User.objects.create_user("kim", is_staff=True)
    kim.groups.add(Group.objects.get(name="agent"))
    client.force_login(kim)
    pages = ("customers/customer/add", "assistants/routingrule", "assistants/routingrule/add", "auth/user")
    assert [client.get(f"/admin/{page}/").status_code for page in pages] == [200, 200, 403, 403]

"""The second step of signing in: set up, given, demanded, lost."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from personalization import two_factor
from tests.signing_in import is_in, sign_in, superuser, try_wrong_passwords

pytestmark = pytest.mark.django_db

VERIFY = "/admin/two-factor/verify/"
SET_UP = "/admin/two-factor/"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sam() -> User:
    return superuser("sam")


def shown_by_the_app(user: User, *, ahead: int = 0) -> str:
    """The code of the authenticator app, `ahead` steps of half a minute from now: each counts one time."""
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, t0=-30 * ahead):06}"


def with_two_steps(user: User) -> list[str]:
    """Sets the second step up; gives the recovery codes."""
    device = two_factor.app_to_be_confirmed(user)
    codes = two_factor.set_up(user, shown_by_the_app(user))[1]
    # As if the person had done so long ago, and not within the same half minute.
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=F("last_t") - 10)
    return codes


def test_the_second_step_is_set_up_with_the_apps_code(client: Client, sam: User) -> None:
    client.force_login(sam)
    page = client.get(SET_UP).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert "otpauth" not in page
    done = client.post(SET_UP, {"code": shown_by_the_app(sam)})
    assert len(done.context["codes"]) == 10
    assert all(code in done.content.decode() for code in done.context["codes"])
    assert is_in(client)


def test_a_wrong_code_sets_nothing_up(client: Client, sam: User) -> None:
    client.force_login(sam)
    client.get(SET_UP)
    page = client.post(SET_UP, {"code": "000000"})
    assert "This code is not right" in page.content.decode()
    assert not two_factor.is_set_up(sam)


def test_the_password_alone_opens_no_page_any_more(client: Client, sam: User) -> None:
    with_two_steps(sam)
    sign_in(client)
    for path in ("/admin/", "/admin/auth/user/", SET_UP, "/admin/password_change/"):
        page = client.get(path)
        assert (page.status_code, page["Location"].split("?")[0]) == (302, VERIFY)


def test_the_code_opens_the_page_that_was_wanted(client: Client, sam: User) -> None:
    with_two_steps(sam)
    sign_in(client)
    detour = client.get("/admin/auth/user/?q=kim")["Location"]
    assert client.post(detour, {"code": shown_by_the_app(sam)})["Location"] == "/admin/auth/user/?q=kim"
    assert is_in(client)


def test_nobody_is_sent_to_another_site(client: Client, sam: User) -> None:
    with_two_steps(sam)
    sign_in(client)
    answer = client.post(f"{VERIFY}?next=https://evil.example/", {"code": shown_by_the_app(sam)})
    assert answer["Location"] == "/admin/"


def test_a_code_counts_one_time(client: Client, sam: User) -> None:
    with_two_steps(sam)
    code = shown_by_the_app(sam)
    sign_in(client)
    assert client.post(VERIFY, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    other = Client()
    sign_in(other)
    assert "was used already" in other.post(VERIFY, {"code": code}).content.decode()
    assert not is_in(other)


def test_a_recovery_code_counts_one_time(client: Client, sam: User) -> None:
    codes = with_two_steps(sam)
    for is_right in (True, False):
        sign_in(client)
        client.post(VERIFY, {"code": codes[0].upper()})
        assert is_in(client) is is_right
        client.logout()
    assert two_factor.recovery_codes_left(sam) == 9


def test_who_guesses_codes_has_to_wait(client: Client, sam: User) -> None:
    with_two_steps(sam)
    sign_in(client)
    pages = [client.post(VERIFY, {"code": "000000"}).content.decode() for _ in range(2)]
    assert "This code is not right" in pages[0]
    assert "Too many wrong codes" in pages[1]
    assert "Too many wrong codes" in client.post(VERIFY, {"code": shown_by_the_app(sam)}).content.decode()


def test_another_persons_code_opens_nothing(client: Client, sam: User) -> None:
    kim = superuser("kim")
    with_two_steps(sam)
    codes = with_two_steps(kim)
    sign_in(client)
    client.post(VERIFY, {"code": codes[0]})
    assert not is_in(client)


def test_a_session_from_before_is_asked_for_the_code(client: Client, sam: User) -> None:
    client.force_login(sam)
    assert is_in(client)
    with_two_steps(sam)
    assert not is_in(client)


def test_turning_it_off_takes_a_code(client: Client, sam: User) -> None:
    codes = with_two_steps(sam)
    sign_in(client)
    client.post(VERIFY, {"code": codes[0]})
    client.post(SET_UP, {"code": "wrong", "turn_off": "1"})
    assert two_factor.is_set_up(sam)
    client.post(SET_UP, {"code": shown_by_the_app(sam), "turn_off": "1"})
    assert not two_factor.is_set_up(sam)


def test_new_recovery_codes_replace_the_old(client: Client, sam: User) -> None:
    codes = with_two_steps(sam)
    sign_in(client)
    client.post(VERIFY, {"code": codes[0]})
    fresh = client.post(SET_UP, {"code": codes[1], "new_codes": "1"}).context["codes"]
    assert len(fresh) == two_factor.recovery_codes_left(sam) == 10
    assert not set(fresh) & set(codes)
    assert is_in(client)


def test_a_setting_demands_the_second_step_of_everybody(client: Client, sam: User, settings: Any) -> None:
    settings.ADMIN_REQUIRE_2FA = True
    client.force_login(sam)
    assert client.get("/admin/auth/user/")["Location"] == f"{SET_UP}?next=%2Fadmin%2Fauth%2Fuser%2F"
    assert "Everybody here signs in with a second step" in client.get(SET_UP).content.decode()
    client.post(SET_UP, {"code": shown_by_the_app(sam)})
    assert is_in(client)


def test_a_superuser_helps_who_lost_the_telephone(client: Client, sam: User) -> None:
    with_two_steps(sam)
    kim = Client()
    kim.force_login(superuser("kim"))
    kim.post("/admin/auth/user/", {"action": "reset_two_factor", "_selected_action": [sam.pk]})
    sign_in(client)
    assert is_in(client)


def test_nobody_but_superusers_helps_people_in(sam: User) -> None:
    with_two_steps(sam)
    kim = User.objects.create_user("kim", is_staff=True)
    kim.user_permissions.set(
        Group._meta.apps.get_model("auth", "Permission").objects.filter(content_type__model="user")
    )
    staff = Client()
    staff.force_login(kim)
    staff.post("/admin/auth/user/", {"action": "reset_two_factor", "_selected_action": [sam.pk]})
    assert two_factor.is_set_up(sam)


def test_an_operator_helps_the_only_superuser(client: Client, sam: User) -> None:
    with_two_steps(sam)
    try_wrong_passwords(client, 5)
    call_command("reset_two_factor", "sam", verbosity=0)
    sign_in(client)
    assert is_in(client)
    with pytest.raises(CommandError, match="There is no user “nobody”"):
        call_command("reset_two_factor", "nobody")


def test_a_session_dies_when_the_second_step_it_used_is_reset_and_one_is_demanded(
    client: Client, sam: User, settings: Any
) -> None:
    settings.ADMIN_REQUIRE_2FA = True
    codes = with_two_steps(sam)
    sign_in(client)
    client.post(VERIFY, {"code": codes[0]})
    two_factor.reset(sam)
    assert client.get("/admin/")["Location"].startswith(SET_UP)


def test_keys_of_apps_and_recovery_codes_are_in_nobodys_sight(client: Client, sam: User) -> None:
    client.force_login(sam)
    for path in ("otp_totp/totpdevice/", "otp_static/staticdevice/", "axes/accessattempt/"):
        assert client.get(f"/admin/{path}").status_code == 404

"""The second step of signing in: a code from an authenticator app (TOTP, RFC 6238), or one of ten recovery codes."""

from django.contrib.auth.models import User
from django.db import transaction
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

_RECOVERY_CODES = 10


class WrongCode(Exception):
    """One sentence: what is wrong with a code, and what to do."""


def is_set_up(user: User) -> bool:
    """Whether this person has to give a code after the password."""
    return bool(TOTPDevice.objects.devices_for_user(user, confirmed=True).exists())


def app_to_be_confirmed(user: User) -> TOTPDevice:
    """What the QR code shows: the same until a first code confirms it."""
    begun = TOTPDevice.objects.devices_for_user(user, confirmed=False).order_by("pk").first()
    return begun or TOTPDevice.objects.create(user=user, confirmed=False, name="Authenticator app")


def set_up(user: User, code: str) -> tuple[Device, list[str]]:
    """Takes the app that shows `code` into use; gives it and the recovery codes. Raises WrongCode."""
    device = _accepting(user, app_to_be_confirmed(user), code)
    with transaction.atomic():
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return device, new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten fresh codes, each good for one time; those of before count no longer."""
    StaticDevice.objects.devices_for_user(user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    codes = [StaticToken.random_token() for _ in range(_RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def app_in_use(user: User) -> TOTPDevice:
    """The app whose codes this person gives."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).first()


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return int(StaticToken.objects.filter(device__user=user).count())


def verify(user: User, code: str) -> Device:
    """What accepted the code, which is used up by that: the app or the recovery codes. Raises WrongCode."""
    is_from_app = _plain(code).isdecimal() and len(_plain(code)) == 6
    devices = TOTPDevice.objects if is_from_app else StaticDevice.objects
    return _accepting(user, devices.devices_for_user(user, confirmed=True).first(), code)


def reset(user: User) -> None:
    """From now on the password alone is enough, until the person sets the second step up again."""
    for devices in (TOTPDevice.objects, StaticDevice.objects):
        devices.devices_for_user(user).delete()


def _accepting(user: User, device: Device | None, code: str) -> Device:
    if device and not device.verify_is_allowed()[0]:
        raise WrongCode("Too many wrong codes: wait a moment, and try again.")
    accepted = device and verify_token(user, device.persistent_id, _plain(code))
    if not accepted:
        raise WrongCode("This code is not right, or was used already: take the one that the app shows now.")
    return accepted


def _plain(code: str) -> str:
    """Codes are typed with blanks and dashes."""
    return "".join(code.split()).replace("-", "").lower()

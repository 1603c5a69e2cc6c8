"""The four ready roles as groups: what each may do is written here, and put into the database with every migration."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.db import transaction

ROLES = ("viewer", "agent", "editor", "publisher")

_APPS = ("customers", "assistants")
_CHANGES = ("add", "change", "delete")
# Beside what the role before may: models they change.
_AGENTS_CHANGE = ("customer", "contactpoint", "import")
_AGENTS_ALSO = {"import_customers", "export_customers", "start_call"}
_EDITORS_CHANGE = (
    *("line", "assistantvariant", "variable", "refusaltext", "routingrule", "condition", "share", "holidaylist"),
    *("pin", "proposal"),
)
# Emergency switch, site fallback and the limits of calls to customers act at once.
_PUBLISHERS_CHANGE = ("sitesettings", "outboundpolicy")
# Nobody but superusers sees these.
_SECRET = ("apikey",)


@transaction.atomic
def bring_up_to_date() -> None:
    """Each role gets the permissions that it has in this release, among those that the database knows."""
    known = {permission.codename: permission for permission in _permissions()}
    allowed: set[str] = set()
    for role in ROLES:
        allowed |= set(_codenames(role, set(known)))
        group, _ = apps.get_model("auth", "Group")._default_manager.get_or_create(name=role)
        group.permissions.set(known[codename] for codename in allowed)


def after_migrate(*, app_config: Any, **_: Any) -> None:
    """Called after each app's migrations (Django's post_migrate), perhaps before Django has made its permissions."""
    if app_config.label in _APPS:
        create_permissions(app_config, verbosity=0)
        bring_up_to_date()


def _permissions() -> Any:
    permissions = apps.get_model("auth", "Permission")._default_manager.filter(content_type__app_label__in=_APPS)
    return permissions.exclude(content_type__model__in=_SECRET)


def _codenames(role: str, known: set[str]) -> Iterator[str]:
    """What the role adds to the one before."""
    match role:
        case "viewer":
            yield from (codename for codename in known if codename.startswith("view_"))
        case "agent":
            yield from known & (_changing(_AGENTS_CHANGE) | _AGENTS_ALSO)
        case "editor":
            yield from known & _changing(_EDITORS_CHANGE)
        case "publisher":
            yield from (codename for codename in known if codename.startswith("publish"))
            yield from known & _changing(_PUBLISHERS_CHANGE)


def _changing(models: tuple[str, ...]) -> set[str]:
    return {f"{change}_{model}" for change in _CHANGES for model in models}

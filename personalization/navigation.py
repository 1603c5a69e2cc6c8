"""What every page of the admin offers: the sidebar, in the order in which staff think, and what waits."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from assistants.admin import results_page
from assistants.unpublished import count_unpublished
from personalization import simulation_page

_MAY_SEE_VERSIONS = "assistants.view_publishedversion"


def _rows(title: str, icon: str, app: str, model: str) -> tuple[str, str, str, tuple[str, ...]]:
    return title, icon, f"{app}_{model}_changelist", (f"{app}.view_{model}",)


# Group → pages: title, icon (Material Symbols), the address's name, and what one must be permitted to see it.
_PAGES = {
    "Customers": (
        _rows("Customers", "group", "customers", "customer"),
        _rows("Calls", "call_log", "customers", "call"),
        _rows("Imports", "upload_file", "customers", "import"),
        _rows("Erasures", "person_off", "customers", "erasure"),
    ),
    "Who answers": (
        ("Simulate a call", "phone_in_talk", "simulate_call", simulation_page.PERMISSIONS),
        _rows("Rules", "alt_route", "assistants", "routingrule"),
        _rows("Variants", "support_agent", "assistants", "assistantvariant"),
        _rows("Lines", "call", "assistants", "line"),
        _rows("Holidays", "event", "assistants", "holidaylist"),
        _rows("Site settings", "tune", "assistants", "sitesettings"),
        _rows("Calls to customers", "phone_forwarded", "assistants", "outboundpolicy"),
        ("Publish", "publish", "assistants_publish", (_MAY_SEE_VERSIONS,)),
        _rows("Versions", "history", "assistants", "publishedversion"),
        ("Results", "monitoring", "assistants_results", results_page.PERMISSIONS),
        _rows("Pins", "push_pin", "assistants", "pin"),
    ),
    "Access": (
        _rows("Users", "person", "auth", "user"),
        _rows("Groups", "groups", "auth", "group"),
        _rows("API keys", "key", "api", "apikey"),
    ),
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups and pages that this person may see, as Unfold wants them."""
    groups: list[dict[str, Any]] = []
    for title, pages in _PAGES.items():
        items = [
            {"title": page, "icon": icon, "link": reverse(f"admin:{address}")}
            for page, icon, address, permissions in pages
            if request.user.has_perms(permissions)
        ]
        groups.append({"title": title, "separator": bool(groups), "items": items})
    return groups


def waiting(request: HttpRequest) -> dict[str, Any]:
    """How many changes wait to be published, for who may see that."""
    return {"unpublished": count_unpublished() if request.user.has_perm(_MAY_SEE_VERSIONS) else 0}


def account(request: HttpRequest) -> list[dict[str, Any]]:
    """What a person may do with the own account, as Unfold wants it."""
    return [
        {"title": "Change password", "link": reverse("admin:password_change")},
        {"title": "Two-step sign-in", "link": reverse("two-factor")},
    ]

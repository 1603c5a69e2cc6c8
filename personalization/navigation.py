"""The admin's sidebar: what there is, in the order in which staff think of it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

# Group → pages: title, icon (Material Symbols), app and model.
_PAGES = {
    "Customers": (("Customers", "group", "customers", "customer"),),
    "Who answers": (
        ("Rules", "alt_route", "assistants", "routingrule"),
        ("Variants", "support_agent", "assistants", "assistantvariant"),
        ("Lines", "call", "assistants", "line"),
        ("Holidays", "event", "assistants", "holidaylist"),
        ("Pins", "push_pin", "assistants", "pin"),
        ("Site settings", "tune", "assistants", "sitesettings"),
    ),
    "Access": (("Users", "person", "auth", "user"), ("Groups", "groups", "auth", "group")),
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups and pages that this person may see, as Unfold wants them."""
    groups: list[dict[str, Any]] = []
    for title, pages in _PAGES.items():
        items = [
            {"title": page, "icon": icon, "link": reverse(f"admin:{app}_{model}_changelist")}
            for page, icon, app, model in pages
            if request.user.has_perm(f"{app}.view_{model}")
        ]
        groups.append({"title": title, "separator": bool(groups), "items": items})
    return groups

"""Where in the admin a part of the document is edited."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import Model
from django.urls import reverse

from assistants.models import AssistantVariant, HolidayList, Line, RoutingRule

_MODELS: Mapping[str, type[Model]] = {
    "holidays": HolidayList,
    "lines": Line,
    "variants": AssistantVariant,
    "rules": RoutingRule,
}


class Places:
    """The addresses of rows by their names, asked for once a section."""

    def __init__(self) -> None:
        self._numbers = cache(self._read)

    def url(self, section: str, name: Any) -> str:
        """The form of the row that has this name in this section of the document; empty where there is none."""
        if section == "site":
            return reverse("admin:assistants_sitesettings_change", args=[1])
        number = self._numbers(section).get(name) if section in _MODELS else None
        meta = _MODELS[section]._meta if number else None
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[number]) if meta else ""

    def of_path(self, path: tuple[str | int, ...]) -> str:
        """The same for a problem's place, such as `("rules", "Gold", "conditions", 0)`."""
        return self.url(str(path[0]), path[1] if len(path) > 1 else "") if path else ""

    def _read(self, section: str) -> dict[str, int]:
        return dict(_MODELS[section]._default_manager.values_list("name", "pk"))

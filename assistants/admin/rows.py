"""Rows inside a form."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import TabularInline


class Rows(TabularInline):
    """Rows inside a form, of which a new one begins with nothing chosen: who adds one by mistake adds nothing."""

    extra = 0
    hide_title = True

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers nothing first, unless the field has a default."""
        choices = db_field.get_choices(include_blank=not db_field.has_default(), blank_choice=[("", "Choose…")])
        return super().formfield_for_choice_field(db_field, request, choices=choices, **kwargs)

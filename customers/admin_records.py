"""Records of what happened, in the admin."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """What happened stays so: its records are listed and read, and nobody adds, changes or deletes one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are made by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays so."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays so."""
        return False

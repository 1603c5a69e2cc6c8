"""Choosing what is saved at Vapi by its name."""

from typing import Any

from unfold.widgets import UnfoldAdminTextInputWidget

from assistants.models import SavedAtVapi


class SavedAtVapiInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # Unfold ships no types
    """A text field that offers the ids that `sync_assistants` last saw, with their names; others can be typed."""

    template_name = "assistants/saved_choice.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With what is offered."""
        context: dict[str, Any] = super().get_context(name, value, {**(attrs or {}), "list": f"{name}-at-vapi"})
        context["widget"]["saved"] = SavedAtVapi.objects.all()
        return context

"""What the forms of all rows share that wait for *Publish*: when callers hear them, and publishing them at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from assistants.admin.meanwhile import NeverOverwrites
from assistants.admin.pages import MAY_PUBLISH
from assistants.admin.records import changed_by_others
from assistants.publishing import CannotPublish, publish_draft, unpublished_changes

_BUTTON = {"action_name": "_publish", "description": "Save and publish"}


class Telling:
    """Says after each change when callers hear it."""

    hint = "It acts at once."

    def message_user(
        self, request: HttpRequest, message: Any, level: int = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """Adds the hint to what went well, unless publishing goes on to say more."""
        if level == messages.SUCCESS and "_publish" not in request.POST:
            message = format_html("{} {}", message, self.hint)
        messages.add_message(request, level, message, *args, **kwargs)


class DraftAdmin(Telling, NeverOverwrites, ModelAdmin):
    """Rows of the draft: says when callers hear them, and offers to publish them at once."""

    hint = "Callers hear it once it is published."

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With the button, for who may publish."""
        if request.user.has_perm(MAY_PUBLISH):
            context["actions_submit_line"] = [_BUTTON]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keeps the name that the row had, by which the published version knows it."""
        obj.name_before = form.initial.get("name")
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Goes on to publish where that was the button."""
        response = super().response_add(request, obj, post_url_continue)
        return _publish_too(request, obj, response) if "_publish" in request.POST else response

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """Goes on to publish where that was the button."""
        response = super().response_change(request, obj)
        return _publish_too(request, obj, response) if "_publish" in request.POST else response


def _publish_too(request: HttpRequest, row: Any, response: HttpResponse) -> HttpResponse:
    """Publishes what was just saved, or leads to the page that says what else waits."""
    if not request.user.has_perm(MAY_PUBLISH):
        raise PermissionDenied
    if _waits_with_others(row, request.user):
        messages.warning(request, "It is saved but not published: other changes wait too. Publish all of them here.")
        return redirect("admin:assistants_publish")
    try:
        version = publish_draft(note=f"{row._meta.verbose_name} “{row}”", by=request.user)  # type: ignore[arg-type]
    except CannotPublish as refusal:
        messages.warning(request, f"It is saved but not published. {refusal}")
        return redirect("admin:assistants_publish")
    messages.success(request, f"{version} is published: callers hear it now.")
    return response


def _waits_with_others(row: Any, person: Any) -> bool:
    """Whether the draft holds more than this row's changes, or somebody else's changes of it."""
    names = {getattr(row, "name", ""), row.name_before or ""}
    return changed_by_others(row, person) or any(
        change.what != row._meta.verbose_name or change.name not in names for change in unpublished_changes()
    )

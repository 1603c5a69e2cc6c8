"""Who may use the admin, in its own look, and its pages that belong to no model."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from assistants.admin import call_page, publish_page, recording_page, results_page
from personalization import lock_out, roles, simulation_page, two_factor

# The devices hold keys, which nobody needs to see: people set theirs up themselves. They are imported from the modules
# that register them, so that this comes later.
admin.site.unregister([User, Group, StaticDevice, TOTPDevice])
# Pages that belong to no model (Unfold's own hook for them).
admin.site.extra_urls = lambda: [  # type: ignore[attr-defined]
    path("simulate/", admin.site.admin_view(simulation_page.page), name="simulate_call"),
    path("call/", admin.site.admin_view(call_page.page), name="call_customer"),
    path("publish/", admin.site.admin_view(publish_page.publish_view), name="assistants_publish"),
    path(
        "customers/call/<int:call_id>/recording/",
        admin.site.admin_view(recording_page.recording_view),
        name="call_recording",
    ),
    path("results/", admin.site.admin_view(results_page.results_view), name="assistants_results"),
]


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """The people who use the admin."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    filter_horizontal = ("user_permissions",)
    autocomplete_fields = ("groups",)
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "two_steps", "locked")
    actions = ("unlock", "reset_two_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With what the columns show."""
        app = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        locked = lock_out.current(at=timezone.now()).filter(username=OuterRef("username"))
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(has_two_steps=Exists(app), is_locked=Exists(locked))

    @admin.display(description="two-step sign-in", boolean=True)
    def two_steps(self, user: Any) -> bool:
        """Whether the person gives a code after the password."""
        return bool(user.has_two_steps)

    @admin.display(description="locked out")
    def locked(self, user: Any) -> str:
        """Whether too many wrong passwords keep this name out somewhere."""
        return "locked out" if user.is_locked else ""

    @admin.action(description="Let sign in again (after too many wrong passwords)", permissions=["reset"])
    def unlock(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Ends the lock-outs of these people."""
        lock_out.unlock(users.values_list("username", flat=True))
        messages.success(request, "They can sign in again.")

    @admin.action(description="Turn two-step sign-in off (lost telephone)", permissions=["reset"])
    def reset_two_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """The password alone is enough for these people, until they set it up again."""
        for user in users:
            two_factor.reset(user)
            self.log_change(request, user, "Turned two-step sign-in off.")
        messages.success(request, "Two-step sign-in is off for them, until they set it up again.")

    def has_reset_permission(self, request: HttpRequest) -> bool:
        """Only superusers help people in."""
        return bool(request.user.is_active and request.user.is_superuser)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """What people in a group may do; the ready roles are as this release has them."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """The ready roles are written anew with every migration, so they cannot be changed."""
        return not _is_role(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Nor deleted: they would come back."""
        return not _is_role(obj) and super().has_delete_permission(request, obj)


def _is_role(group: Group | None) -> bool:
    return group is not None and group.name in roles.ROLES

"""Who may use the admin, in its own look, and its pages that belong to no model."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.urls import path
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from assistants.admin import publish_page
from personalization import simulation_page

admin.site.unregister([User, Group])
# Pages that belong to no model (Unfold's own hook for them).
admin.site.extra_urls = lambda: [  # type: ignore[attr-defined]
    path("simulate/", admin.site.admin_view(simulation_page.page), name="simulate_call"),
    path("publish/", admin.site.admin_view(publish_page.publish_view), name="assistants_publish"),
]


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """The people who use the admin."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    filter_horizontal = ("user_permissions",)
    autocomplete_fields = ("groups",)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """What people in a group may do."""

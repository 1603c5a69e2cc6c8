"""Who was erased when, without who it was; and letting somebody come back."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from customers import tombstones
from customers.admin_records import ReadOnlyAdmin
from customers.models import Erasure, Tombstone
from customers.phone_numbers import read_caller


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """The erasures. They are made where customers are; here they can only be lifted."""

    list_display = ("at", "by", "calls", "stands")
    fields = ("at", "by", "call_ids", "deleted_at_vapi", "delete_at_vapi", "stands")
    readonly_fields = fields
    search_fields = ("by",)
    search_help_text = "The whole id or number of who was erased"
    actions = ("lift",)
    list_disable_select_all = True

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Whether this person may let somebody come back."""
        return bool(request.user.has_perm("customers.delete_erasure"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Erasure]:
        """With whether they stand, which the list shows."""
        erasures: QuerySet[Erasure] = super().get_queryset(request)
        return erasures.annotate(has_tombstones=Exists(Tombstone.objects.filter(erasure=OuterRef("pk"))))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Erasure], search_term: str
    ) -> tuple[QuerySet[Erasure], bool]:
        """The latest erasure of whom the id or number means."""
        if not search_term:
            return queryset, False
        keys = read_caller(numbers=[search_term], sip_uris=[], region=settings.DEFAULT_REGION).keys
        found = tombstones.erasure_of(ids=[search_term], numbers=keys)
        return (queryset.filter(pk=found.pk) if found else queryset.none()), False

    @display(description="calls left at Vapi")
    def calls(self, erasure: Erasure) -> int:
        """How many calls Vapi still knows of."""
        return len(erasure.left_at_vapi())

    @display(description="kept from coming back", boolean=True)
    def stands(self, erasure: Any) -> bool:
        """Whether imports and the API refuse the person."""
        return bool(erasure.has_tombstones)

    @admin.action(description="Let these people come back", permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Erasure]) -> None:
        """Forgets how they would be known again."""
        Tombstone.objects.filter(erasure__in=queryset).delete()
        messages.success(request, "Imports and the API may bring these people back from now on.")

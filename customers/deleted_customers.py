"""Customers who were deleted but not erased, as their histories still know them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, JSONField, OuterRef, Q
from django.db.models.functions import Cast
from reversion.models import Version

from customers.history import kept_states
from customers.models import OWN_ID_PREFIX, ContactPoint, Customer
from customers.primary_keys import as_pk

_KEPT = Cast("serialized_data", JSONField())


@dataclass(frozen=True, slots=True)
class DeletedCustomer:
    """Who somebody was in the last state that is kept; `ids` are the external one, if there was one, and ours."""

    pk: int
    name: str
    public_id: str
    ids: frozenset[str]
    numbers: frozenset[str]

    def __str__(self) -> str:
        return self.name


@transaction.atomic
def find_deleted(*, ids: Collection[str] = (), numbers: Collection[str] = ()) -> list[DeletedCustomer]:
    """Those who last had one of these ids (external, or ours) or numbers, the last deleted first.

    Their last versions stay locked until the transaction ends. Only histories of deleted customers are read, so their
    keys are asked for first: PostgreSQL might else read what is kept of all others, too.
    """
    gone = list(Version.objects.get_deleted(Customer).values_list("pk", flat=True))
    points = Version.objects.get_for_model(ContactPoint).annotate(kept=_KEPT)
    with_number = points.filter(revision=OuterRef("revision"), kept__0__fields__value__in=list(numbers))
    last = Version.objects.filter(pk__in=gone).annotate(kept=_KEPT)
    found = last.filter(_named(ids) | Exists(with_number) if numbers else _named(ids))
    return [_as_last_kept(int(version.object_id)) for version in found.order_by("-pk").select_for_update(of=("self",))]


def _named(ids: Collection[str]) -> Q:
    """As CustomerQuerySet.with_public_id() reads ids; text that no database stores means nobody."""
    ours = [each.removeprefix(OWN_ID_PREFIX) for each in ids if each.startswith(OWN_ID_PREFIX)]
    external = [each for each in ids if not each.startswith(OWN_ID_PREFIX) and "\0" not in each]
    pks = [str(pk) for each in ours if (pk := as_pk(each)) is not None]
    return Q(object_id__in=pks) | Q(kept__0__fields__external_id__in=external)


def _as_last_kept(pk: int) -> DeletedCustomer:
    (kept,) = kept_states(pk, most=1)
    external, own = kept.state.facts["external_id"], f"{OWN_ID_PREFIX}{pk}"
    ids = frozenset([external, own]) if external else frozenset([own])
    return DeletedCustomer(pk, kept.name, external or own, ids, frozenset(kept.state.contacts))

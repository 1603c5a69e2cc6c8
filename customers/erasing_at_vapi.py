"""What lies at Vapi of calls of people who were erased here, deleted there too: in as many runs as it takes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from customers.duties import NotDone, Step, has_failed
from customers.models import Erasure

DUTY = "erasing at Vapi"

Delete = Callable[[str], str]


def deletion(tell: Callable[[str], object] = lambda _: None) -> AbstractContextManager[Delete]:
    """What deletes one call at Vapi, as the setting DELETE_CALLS_WITH has it. Entering raises NotDone without a key."""
    found: AbstractContextManager[Delete] = import_string(settings.DELETE_CALLS_WITH)(tell)
    return found


def delete_at_vapi(erasure: Erasure, delete: Delete) -> Iterator[tuple[str, str]]:
    """Each call of the erasure that is left at Vapi, and "" once it is deleted, else why it is not; noted one by one.

    Raises NotDone where Vapi takes no more.
    """
    for vapi_id in erasure.left_at_vapi():
        why = delete(vapi_id)
        if not why:
            erasure.deleted_at_vapi.append(vapi_id)
            erasure.save(update_fields=["deleted_at_vapi"])
        yield vapi_id, why


def is_wanted() -> bool:
    """Whether an erasure waits for its calls to be deleted at Vapi."""
    return _waiting().exists() or has_failed(DUTY)


def delete_what_waits(*, at: datetime) -> Iterator[Step]:
    """Deletes the calls of all erasures that ask for it. Raises NotDone where any could not be deleted."""
    erasures = list(_waiting().order_by("at", "pk"))
    total, done, failed = sum(len(each.left_at_vapi()) for each in erasures), 0, 0
    with deletion() as delete:
        for erasure in erasures:
            for _, why in delete_at_vapi(erasure, delete):
                done, failed = done + (not why), failed + bool(why)
                yield Step(f"{done:,} {'call' if done == 1 else 'calls'} deleted.", done, (done + failed) / total)
    if failed:
        raise NotDone(f"Vapi did not delete {failed:,} calls of people who were erased: see Erasures.")


def _waiting() -> QuerySet[Erasure]:
    return Erasure.objects.filter(delete_at_vapi=True).exclude(deleted_at_vapi__len=F("call_ids__len"))

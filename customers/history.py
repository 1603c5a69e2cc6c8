"""Who changed a customer, when, and what: kept by django-reversion, one revision a change, one customer a revision.

A revision holds the whole customer as the change left him, numbers and addresses with him, so that it can be restored.
Only customers whom somebody changes by hand have any. What an import did to a customer is not kept for each of a
million: it shows as long as the customer is as the import left him, and is kept from the next change by hand on,
because such a change first keeps the state that it found.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import reversion
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from reversion.models import Revision, Version

from customers.models import ContactPoint, Customer, Import
from customers.states import FACTS, Difference, State, contacts_by_value, differences, nobody, present_state

ADDED, CHANGED, DELETED = "Added", "Changed", "Deleted"
# Not somebody's doing: the state that a change by hand found.
FOUND = "Found"
PER_PAGE = 50
# Who is signed in; nobody in commands.
Somebody = AbstractBaseUser | AnonymousUser | None

reversion.register(Customer, fields=("id", *FACTS, "created_at"), follow=("contact_points",))
reversion.register(ContactPoint)


@dataclass(frozen=True, slots=True)
class KeptState:
    """A customer's state as a revision holds it; `name` is what the customer was called then."""

    revision: Revision
    name: str
    state: State
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a customer's history: who did what when. `revision` is what can be restored."""

    at: datetime
    by: str
    what: str
    differences: Sequence[Difference]
    revision: int | None
    is_present: bool
    source: Import | None = None
    # Whether what came before is unknown, so that nothing can be said of what differs.
    is_first_known: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """A page of a customer's history, newest first; `older` is what to ask for the next page, if there is one.

    `name` is the last that is kept.
    """

    name: str
    entries: Sequence[Entry]
    older: int | None


@contextmanager
def keeping(customer_id: int, *, by: Somebody, at: datetime, what: str = CHANGED) -> Iterator[None]:
    """Keeps what is done to the customer inside."""
    with transaction.atomic():
        keep_found(customer_id)
        yield
        record(customer_id, by=by, at=at, what=what)


def keep_found(customer_id: int) -> None:
    """Keeps the present state before somebody changes it, where something else than a kept change led to it."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer and not _is_kept(customer_id):
        _save(customer, by=None, at=customer.updated_at, what=FOUND)


def record(customer_id: int, *, by: Somebody, at: datetime, what: str = CHANGED) -> None:
    """Keeps the present state as what somebody has just made of the customer; nothing where nothing changed."""
    if what != CHANGED or not _is_kept(customer_id):
        _save(Customer.objects.get(pk=customer_id), by=by, at=at, what=what)


def kept_states(customer_id: int, *, before: int | None = None, most: int = PER_PAGE) -> list[KeptState]:
    """The latest states that are kept, newest first; `before` leaves out that revision and all later ones."""
    versions = Version.objects.get_for_object_reference(Customer, customer_id).select_related("revision__user")
    if before is not None:
        versions = versions.filter(revision_id__lt=before)
    return _with_contacts(list(versions.order_by("-revision_id")[:most]))


def kept_state(customer_id: int, revision: int) -> KeptState | None:
    """The customer's state in that revision; None if that is not kept."""
    versions = Version.objects.get_for_object_reference(Customer, customer_id).select_related("revision__user")
    return next(iter(_with_contacts(list(versions.filter(revision_id=revision)))), None)


def read_history(customer_id: int, *, before: int | None = None) -> History:
    """The latest entries; what an import or anything else has done since the last kept change comes first."""
    kept = kept_states(customer_id, before=before, most=PER_PAGE + 1)
    shown, present = kept[:PER_PAGE], present_state(customer_id)
    imports = _imports(customer_id, shown)
    entries = [
        _entry(each, earlier.state if earlier else None, present, imports.get(each.revision.date_created))
        for each, earlier in zip(shown, [*kept[1:], None][: len(shown)], strict=True)
    ]
    if before is None and present and not (kept and kept[0].state == present):
        entries.insert(0, _present_entry(customer_id, present, kept[0].state if kept else None, imports))
    return History(kept[0].name if kept else "", entries, older=shown[-1].revision.pk if len(kept) > PER_PAGE else None)


def forget(customer_id: int) -> None:
    """Removes all that is kept of a customer, so that nothing of the person remains here and nothing can be restored.

    An Import keeps counts and names of files, nothing of a person.
    """
    mine = Version.objects.get_for_object_reference(Customer, customer_id)
    Revision.objects.filter(pk__in=list(mine.values_list("revision", flat=True))).delete()
    kind = ContentType.objects.get_for_model(Customer)
    LogEntry.objects.filter(content_type=kind, object_id=str(customer_id)).delete()


def _is_kept(customer_id: int) -> bool:
    return [kept.state for kept in kept_states(customer_id, most=1)] == [present_state(customer_id)]


def _save(customer: Customer, *, by: Somebody, at: datetime, what: str) -> None:
    with reversion.create_revision(manage_manually=True):
        reversion.set_user(by if by and by.is_authenticated else None)
        reversion.set_date_created(at)
        reversion.set_comment(what)
        reversion.add_to_revision(customer)


def _with_contacts(versions: Sequence[Version]) -> list[KeptState]:
    points = Version.objects.get_for_model(ContactPoint).filter(revision__in=[each.revision_id for each in versions])
    of_revision = {
        revision: contacts_by_value(point.field_dict for point in group)
        for revision, group in groupby(points.order_by("revision_id", "pk"), key=lambda point: point.revision_id)
    }
    return [
        KeptState(
            each.revision,
            each.object_repr,
            State({fact: each.field_dict[fact] for fact in FACTS}, of_revision.get(each.revision_id, {})),
            each.field_dict["created_at"],
        )
        for each in versions
    ]


def _imports(customer_id: int, kept: Sequence[KeptState]) -> dict[datetime, Import]:
    """The imports that left those states or the present one, by their time: see Import.at."""
    times = {each.revision.date_created for each in kept}
    times |= set(Customer.objects.filter(pk=customer_id).values_list("updated_at", flat=True))
    return {each.at: each for each in Import.objects.filter(at__in=times).order_by("pk")}


def _entry(kept: KeptState, earlier: State | None, present: State | None, source: Import | None) -> Entry:
    revision = kept.revision
    found = revision.comment == FOUND
    old = earlier or (nobody() if revision.comment.startswith(ADDED) else kept.state)
    return Entry(
        at=revision.date_created,
        by=str(revision.user or (source.by if source else "")),
        what=_what_led_there(source, earlier) if found else revision.comment,
        differences=differences(old, kept.state),
        revision=revision.pk,
        is_present=kept.state == present,
        source=source,
        is_first_known=found and earlier is None,
    )


def _present_entry(customer_id: int, present: State, earlier: State | None, imports: dict[datetime, Import]) -> Entry:
    at = Customer.objects.values_list("updated_at", flat=True).get(pk=customer_id)
    source = imports.get(at)
    return Entry(
        at=at,
        by=source.by if source else "",
        what=_what_led_there(source, earlier),
        differences=differences(earlier or present, present),
        revision=None,
        is_present=True,
        source=source,
        is_first_known=earlier is None,
    )


def _what_led_there(source: Import | None, earlier: State | None) -> str:
    if source:
        return f"Import of {source.files}"
    return "Changed outside the admin" if earlier else "First known state"

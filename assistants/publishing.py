"""Draft → published version, and back.

Rows in the admin are the draft. Publishing stores the draft's document under the next number; from then on callers
hear it. A version is never changed: going back publishes an old document again under a new number.
"""

import hashlib
from typing import Any

import orjson
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max

from assistants.checking import problems
from assistants.differences import Change, differences
from assistants.document import Document, draft_document, write_draft
from assistants.document_shape import Problem
from assistants.models import Proposal, PublishedVersion, SiteSettings

# Two who publish at once get two numbers, one after the other.
_PUBLISHING_LOCK = 0x70756273


class CannotPublish(Exception):
    """The document has problems; `problems` says which, none where the reason stands in the message."""

    def __init__(self, sentence: str, found: list[Problem] | None = None) -> None:
        super().__init__(sentence)
        self.problems = found or []


class ShownOtherwise(CannotPublish):
    """Somebody changed something since the difference was shown: what would be published is not what was read."""

    def __init__(self) -> None:
        super().__init__("This has changed since you opened the page: look at the difference again.")


def latest_version() -> PublishedVersion | None:
    """What callers hear now; None before anything was published."""
    return PublishedVersion.objects.first()


def newest_number() -> int:
    """The number of the latest version; 0 before anything was published."""
    return PublishedVersion.objects.aggregate(last=Max("number"))["last"] or 0


def published_document() -> Document:
    """The document of the latest version; empty before anything was published."""
    version = latest_version()
    return version.document if version else {}


def unpublished_changes() -> list[Change]:
    """How the draft differs from what callers hear."""
    return differences(published_document(), draft_document())


def difference_shown(document: Document) -> str:
    """What stands for the difference between `document` and what callers hear now: a page that shows it keeps this."""
    return hashlib.sha256(orjson.dumps([newest_number(), document])).hexdigest()


def _check_shown(document: Document, shown: str | None) -> None:
    if shown is not None and shown != difference_shown(document):
        raise ShownOtherwise


def publish(
    document: Document,
    *,
    note: str,
    by: User | None = None,
    proposed_by: User | None = None,
    shown: str | None = None,
) -> PublishedVersion:
    """Stores `document` as the next version. Raises CannotPublish where it has problems or changes nothing.

    Here and below, `shown` is the `difference_shown` to the person who decides; ShownOtherwise if it no longer is.
    """
    if found := problems(document):
        raise CannotPublish(f"It cannot be published: {found[0]}", found)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PUBLISHING_LOCK])
        _check_shown(document, shown)
        if document == published_document():
            raise CannotPublish("There is nothing to publish: this is what callers hear already.")
        return PublishedVersion.objects.create(
            number=newest_number() + 1,
            document=document,  # type: ignore[misc]  # the field takes any JSON, its stub says text
            note=note,
            changes=len(differences(published_document(), document)),
            published_by=by,
            proposed_by=proposed_by,
        )


def publish_draft(*, note: str, by: User | None = None, shown: str | None = None) -> PublishedVersion:
    """Publishes the draft as it stands. Raises CannotPublish, also where a second person must approve."""
    if by and needs_approval():
        raise CannotPublish("A second person must approve: propose this draft instead.")
    return publish(draft_document(), note=note, by=by, shown=shown)


def publish_first() -> None:
    """Publishes the draft of a new installation, so that callers hear something; does nothing later."""
    if not PublishedVersion.objects.exists():
        publish_draft(note="First version")


def needs_approval() -> bool:
    """Whether publishing takes two persons."""
    return SiteSettings.objects.filter(needs_approval=True).exists()


def propose(*, note: str, by: User, shown: str | None = None) -> Proposal:
    """Hands the draft as it stands to a second person. Raises CannotPublish where it has problems."""
    document = draft_document()
    _check_shown(document, shown)
    if found := problems(document):
        raise CannotPublish(f"It cannot be proposed: {found[0]}", found)
    return Proposal.objects.create(
        document=document,  # type: ignore[misc]  # the field takes any JSON, its stub says text
        note=note,
        proposed_by=by,
    )


@transaction.atomic
def approve(proposal: Proposal, *, by: User, shown: str | None = None) -> PublishedVersion:
    """Publishes what was proposed, whatever the draft has become since. Raises CannotPublish for the proposer."""
    if proposal.proposed_by == by:
        raise CannotPublish("Somebody else must approve what you proposed.")
    proposer = proposal.proposed_by
    version = publish(proposal.document, note=proposal.note, by=by, proposed_by=proposer, shown=shown)
    proposal.delete()
    return version


@transaction.atomic
def restore(version: PublishedVersion, *, by: User | None, shown: str | None = None) -> PublishedVersion:
    """Brings an old version back: the draft becomes what it was, and callers hear it under a new number.

    What the draft held unpublished is lost; `shown` is what a person read of it.
    """
    _check_shown(draft_document(), shown)
    restored: dict[str, Any] = version.document
    write_draft(restored)
    return publish(restored, note=f"Back to version {version.number}", by=by)

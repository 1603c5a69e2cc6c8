"""What people do with an uploaded file: hand it in, explain its columns, have it imported, throw it away."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max, QuerySet

from customers.models import Erasure, Upload, UploadPart

State, Of = Upload.State, UploadPart.Of

# Larger files are for the command: a browser's request must reach us in one piece.
MOST_BYTES = 32 * 1024 * 1024
KEPT_DAYS = 7
_PART_BYTES = 1024 * 1024
_BEING_WORKED_ON = (State.CONFIRMED, State.IMPORTING)


@transaction.atomic
def receive(upload: Upload, content: BinaryIO) -> None:
    """Keeps a new upload and its file, to be checked as soon as possible."""
    upload.save()
    keep(upload, Of.FILE, content)


def explain(upload_id: int, mapping: Mapping[str, str]) -> bool:
    """Has the file checked once more with these fields by column name; whether it waited for that."""
    waiting = Upload.objects.filter(pk=upload_id, state__in=(State.ASKING, State.READY))
    return bool(waiting.update(state=State.WAITING, mapping=dict(mapping), attempt=0, sentence=""))


def confirm(upload_id: int) -> bool:
    """Has the file imported as it was checked; whether it waited for that."""
    waiting = Upload.objects.filter(pk=upload_id, state=State.READY)
    return bool(waiting.update(state=State.CONFIRMED, attempt=0, sentence=""))


def throw_away(upload_id: int) -> bool:
    """Forgets the file and all that was found in it; whether it was not being imported."""
    deleted, _ = Upload.objects.filter(pk=upload_id).exclude(state__in=_BEING_WORKED_ON).delete()
    return bool(deleted)


def forget_old(*, at: datetime) -> None:
    """Forgets what was uploaded more than KEPT_DAYS ago, or before somebody was erased; an Import stays in its list."""
    Upload.objects.filter(at__lt=at - timedelta(days=KEPT_DAYS)).delete()
    # These were being imported then: see forget_all.
    if erased_at := Erasure.objects.aggregate(at=Max("at"))["at"]:
        _forget_all(Upload.objects.filter(at__lte=erased_at))


def forget_all() -> None:
    """Forgets all files but one that is being imported: somebody is erased, and any of them may name the person."""
    _forget_all(Upload.objects.all())


def _forget_all(uploads: QuerySet[Upload]) -> None:
    uploads.exclude(state=State.IMPORTING).delete()


def keep(upload: Upload, of: UploadPart.Of, content: BinaryIO) -> None:
    """Keeps a file of this upload, in the place of what was kept there."""
    upload.parts.filter(of=of).delete()
    pieces = iter(lambda: content.read(_PART_BYTES), b"")
    for position, piece in enumerate(pieces):
        UploadPart.objects.create(upload=upload, of=of, position=position, content=piece)


def kept(upload: Upload, of: UploadPart.Of) -> Iterator[bytes]:
    """The content of a file of this upload, piece by piece."""
    parts = upload.parts.filter(of=of)
    for position in range(parts.count()):
        yield bytes(parts.values_list("content", flat=True).get(position=position))

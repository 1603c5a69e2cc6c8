"""Uploading a few lines and having them worked on, as tests do it."""

import io
from pathlib import Path
from threading import Event
from typing import Any

from customers.models import Upload, UploadPart
from customers.uploads import receiving, working

PEOPLE = """\
external_id,name,phone,language
c001,Ada Byron,+13035550101,en
c002,Ben Okafor,+13035550102,english
c003,=1+1,+13035550103,es
"""


def upload(content: str | bytes = PEOPLE, **choices: Any) -> Upload:
    """A file that was just uploaded."""
    facts = {"by": "sam", "file_name": "people.csv", "region": "US"} | choices
    received = Upload(**facts)
    receiving.receive(received, io.BytesIO(content if isinstance(content, bytes) else content.encode()))
    return received


def worked(received: Upload, folder: Path) -> Upload:
    """The upload after somebody has worked on it."""
    assert working.work_next(folder, stop=Event())
    received.refresh_from_db()
    return received


def imported(received: Upload, folder: Path) -> Upload:
    """The upload, checked, confirmed and imported."""
    assert worked(received, folder).state == "ready"
    assert receiving.confirm(received.pk)
    return worked(received, folder)


def rejects(received: Upload) -> str:
    """The table of rejected rows."""
    return b"".join(receiving.kept(received, UploadPart.Of.REJECTS)).decode()

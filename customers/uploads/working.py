"""Checking and importing uploaded files, one after the other, in a process beside the server.

Whoever works on an upload says so once a second (pulse.py). Where nothing was heard for _SILENT_S, somebody else takes
it over; `started_at` tells whose it is, and who lost it can write nothing any more. The end of an import is written in
the import's own transaction: either all of it happened, or nothing.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from threading import Event
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from customers.columns import UnknownColumns, UnusableColumns, mapped
from customers.formulas import bare, defused
from customers.importing import ImportOptions, ImportOutcome, ImportRefused, import_customers
from customers.models import Customer, Import, Upload, UploadPart
from customers.rejects import write_rejects
from customers.staging import RejectedRow
from customers.tables import Table, UnreadableTable, open_table
from customers.uploads.examples import read_examples
from customers.uploads.findings import Problems, columns_found
from customers.uploads.pulse import Pulse, ToldToStop
from customers.uploads.receiving import keep, kept
from customers.uploads.words import on_the_page

logger = logging.getLogger("personalization.uploads")

State, Of = Upload.State, UploadPart.Of

_SILENT_S = 15
_ATTEMPTS = 3
_BEGUN = {State.WAITING: State.CHECKING, State.CONFIRMED: State.IMPORTING}
_UNDONE = {begun: waiting for waiting, begun in _BEGUN.items()}
_INTERRUPTED = (
    f"The work on this file was interrupted {_ATTEMPTS} times, so it is not tried again. Nothing was imported. "
    "Ask whoever looks after this server to look at its log."
)
_BROKE = "Something broke on our side while working on this file, and nothing was imported: the server's log says what."
_MORE_MISSING = (
    "Nothing was imported: more customers than were shown would have become inactive by now. "
    "Look at the figures once more."
)


class _Overtaken(Exception):
    """The upload is gone, or somebody else works on it."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One upload being worked on: its row, its file on this node's disk, and who hears how far it has come."""

    upload: Upload
    path: Path
    pulse: Pulse


def work_next(folder: Path, *, stop: Event) -> bool:
    """Checks or imports the upload whose turn it is, with its file in `folder`; whether there was one.

    Raises OperationalError and InterfaceError where the database is not there: the upload then waits for another try.
    """
    upload = _begin()
    if upload is None:
        return False
    try:
        with _file(upload, folder) as path, Pulse(upload, stop) as pulse:
            _work(_Work(upload, path, pulse))
    except ToldToStop:
        _end(upload, state=_UNDONE[State(upload.state)], attempt=upload.attempt - 1)
    except (OperationalError, InterfaceError):
        raise
    except _Overtaken:
        logger.warning("Upload %s is no longer ours.", upload.pk)
    except Exception:  # whatever it is, the others must not wait for it
        logger.exception("Upload %s broke.", upload.pk)
        _end(upload, state=State.FAILED, sentence=_BROKE)
    return True


@transaction.atomic
def _begin() -> Upload | None:
    """The upload whose turn it is, now ours."""
    silent = Q(state__in=_UNDONE, seen_at__lt=Now() - timedelta(seconds=_SILENT_S))
    waiting = Upload.objects.select_for_update(skip_locked=True).filter(Q(state__in=_BEGUN) | silent).order_by("pk")
    upload = waiting.first()
    if upload is None:
        return None
    changes: dict[str, Any] = {"state": State.FAILED, "sentence": _INTERRUPTED}
    if upload.attempt < _ATTEMPTS:
        state = _BEGUN.get(State(upload.state), State(upload.state))
        changes = {"state": state, "attempt": upload.attempt + 1, "rows": 0, "share": 0}
    Upload.objects.filter(pk=upload.pk).update(started_at=Now(), seen_at=Now(), **changes)
    upload.refresh_from_db()
    return upload if upload.attempt and upload.state in _UNDONE else None


def _end(upload: Upload, **changes: Any) -> None:
    """Writes how our work ended; raises _Overtaken where it is no longer ours."""
    if not Upload.objects.filter(pk=upload.pk, started_at=upload.started_at).update(**changes):
        raise _Overtaken


@contextmanager
def _file(upload: Upload, folder: Path) -> Iterator[Path]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=f"{upload.pk}-") as file:
        for piece in kept(upload, Of.FILE):
            file.write(piece)
        file.flush()
        yield Path(file.name)


def _work(work: _Work) -> None:
    upload = work.upload
    try:
        table = open_table(work.path, name=upload.file_name)
    except UnreadableTable as error:
        return _end(upload, state=State.FAILED, sentence=on_the_page(str(error)))
    columns = columns_found(table.header, mapping=upload.mapping, unknown=upload.unknown_columns)
    found = {"file": str(table), "columns": [asdict(column) for column in columns]}
    if not all(column.means for column in columns):
        return _end(upload, state=State.ASKING, found=found)
    try:
        (_check if upload.state == State.CHECKING else _import)(work, table, found)
    except UnusableColumns as error:
        _end(upload, state=State.ASKING, found=found, sentence=on_the_page(str(error)))
    except UnreadableTable as error:
        _end(upload, state=State.FAILED, found=found, sentence=on_the_page(str(error)))
    except ImportRefused as error:
        again = upload.state == State.IMPORTING
        sentence = _MORE_MISSING if again else on_the_page(str(error))
        _end(upload, state=State.WAITING if again else State.FAILED, attempt=0, found=found, sentence=sentence)


@transaction.atomic
def _check(work: _Work, table: Table, found: dict[str, Any]) -> None:
    """Finds out what an import would do, by importing and stopping before the first change."""
    outcome = _read(work, table, found, dry_run=True)
    found |= {"counts": asdict(outcome), "examples": read_examples()}
    if work.upload.deactivate_missing:
        found["active"] = Customer.objects.filter(active=True).count()
    _end(work.upload, state=State.READY, found=found)


@transaction.atomic
def _import(work: _Work, table: Table, found: dict[str, Any]) -> None:
    """Imports; the file goes, and with it the examples, as they name people."""
    upload = work.upload
    found["counts"] = asdict(_read(work, table, found, dry_run=False))
    upload.parts.filter(of=Of.FILE).delete()
    _end(upload, state=State.DONE, found=found, sentence="", record=Import.objects.order_by("pk").last())


def _read(work: _Work, table: Table, found: dict[str, Any], *, dry_run: bool) -> ImportOutcome:
    """Imports, or does all of it but that; keeps the rejected rows."""
    upload, problems = work.upload, Problems()

    def keep_rejected(rejected: Iterable[RejectedRow]) -> None:
        with TemporaryFile(dir=work.path.parent) as file:
            text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
            # Staff open it in a spreadsheet.
            write_rejects(text, [table], problems.passing(rejected), write=lambda cell: defused(bare(cell)))
            text.detach()
            file.seek(0)
            keep(upload, Of.REJECTS, file if problems.count else BytesIO())

    outcome = import_customers(
        [table],
        options=_options(upload, table, dry_run=dry_run),
        by=upload.by,
        on_rejected=keep_rejected,
        on_progress=work.pulse,
        on_waiting=work.pulse.wait_for_others,
        confirm_deactivation=lambda missing, active: missing <= upload.found["counts"]["deactivated"],
    )
    found |= {"problems": problems.first, "problem_count": problems.count}
    return outcome


def _options(upload: Upload, table: Table, *, dry_run: bool) -> ImportOptions:
    return ImportOptions(
        region=upload.region,
        mapping=mapped(table.header, upload.mapping),
        unknown_columns=UnknownColumns(upload.unknown_columns or UnknownColumns.REFUSE),
        date_format=upload.date_format or None,
        create_only=upload.only == Upload.Only.CREATE,
        update_only=upload.only == Upload.Only.UPDATE,
        deactivate_missing=upload.deactivate_missing,
        dry_run=dry_run,
    )

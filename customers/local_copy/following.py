"""The one process on a node that keeps its copy up to date.

Each round asks PostgreSQL what has become visible since the last one, and copies the present state of it: documents
first (switches, rules), then the customers of small statements, then of large ones. What an interrupted round has
done is done again, which is no harm. Where much has changed, or the file cannot be used, a new one is filled beside it.
"""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from customers.local_copy import age, applying, file, filling, source
from customers.local_copy.background import Background
from customers.local_copy.deadline import deadline
from customers.local_copy.file import CopyUnusable
from customers.local_copy.source import CopiedDocument, Look

logger = logging.getLogger("personalization.copy")

_PAUSE_S = 0.5
# While something else has to happen first.
_SHORT_PAUSE_S = 0.1
# Of a round at most so long for customers, so that a switch is in force within 2 s also while many change.
_SHARE_S = 0.5
_BATCH = 2_000
# PostgreSQL is frozen or cut off where a statement takes longer.
_PATIENCE_S = 4
# A change of more customers than this, and of more than one in so many of all, is worth a new file.
_MANY, _MANY_OF_ALL = 50_000, 4
_SAVE_EVERY_S, _PRUNE_EVERY_S, _RETRY_S = 60, 3600, 5


def follow(documents: Sequence[CopiedDocument], *, stop: Event) -> None:
    """Keeps this node's copy up to date until `stop` is set, through every failure of PostgreSQL and the disk.

    Waits while another process does so.
    """
    place = file.folder()
    while not stop.is_set():
        with file.only_writer(place) as alone:
            if alone:
                Follower(place, documents).run(stop)
        stop.wait(_PAUSE_S)


class Follower:
    """What the following process knows: the file in use, how far it has come, and what is still to be copied."""

    def __init__(self, place: Path, documents: Sequence[CopiedDocument]) -> None:
        self._place = place
        self._documents = documents
        self._background = Background()
        self._trouble = ""
        self._pruned_at = monotonic()
        self._fill_began_at = 0.0
        self._filling_because = ""
        self._failed_at = -float(_RETRY_S)
        file.sweep(place)
        self._open()
        if self._copy:
            self._background.start(partial(file.is_sound, place))

    def run(self, stop: Event) -> None:
        """Round after round until `stop` is set."""
        try:
            while not stop.wait(self._pause()):
                self._try_round()
        finally:
            self._background.stop()
            connection.close()
            if self._copy:
                with suppress(sqlite3.Error):  # a damaged file
                    self._copy.close()

    def round(self) -> None:
        """One round. Raises database errors, of either database, after which the next one goes on."""
        with deadline(_PATIENCE_S):
            look = source.look(self._documents, since=self._position)
        self._take_result()
        self._fill_where_needed(look)
        if self._copy is None or look.source != self._meta["source"]:
            return
        self._copy_documents(self._copy, look)
        self._note_changes(self._copy, look)
        self._copy_customers(self._copy)
        self._settle(self._copy, look)
        self._prune()

    def _open(self) -> None:
        """Begins with the file in use, if there is one."""
        self._copy: sqlite3.Connection | None = None
        self._meta: dict[str, str] = {}
        self._position: str | None = None
        self._revisions: dict[str, str] = {}
        self._backlog: list[int] = []
        self._fill_because = ""
        self._dirty = True
        self._saved_at = monotonic()
        try:
            self._copy = file.open_for_writing(self._place)
        except CopyUnusable as reason:
            self._fill_because = str(reason)
        else:
            self._meta = file.meta(self._copy)
            self._position = self._meta["snapshot"]

    def _pause(self) -> float:
        if self._backlog:
            return 0
        return _SHORT_PAUSE_S if self._background.is_busy or self._fill_because else _PAUSE_S

    def _try_round(self) -> None:
        try:
            self.round()
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            self._background.cut()
            connection.close()
            self._tell(f"PostgreSQL cannot be used, calls are answered from the copy: {_first_line(error)}")
        except (sqlite3.Error, OSError) as error:
            self._doubt(error)
            self._tell(f"The local copy cannot be written: {_first_line(error)}")
        except Exception:  # a damaged file may say anything; whatever it was, a new one says it right
            logger.exception("The local copy is filled anew.")
            self._fill_because = "something unexpected was found in it"
            self._hold_off()
        else:
            self._tell("")

    def _hold_off(self) -> None:
        """Puts off the next filling; a trouble that goes on does not put it off for ever."""
        if monotonic() - self._failed_at >= _RETRY_S:
            self._failed_at = monotonic()

    def _tell(self, trouble: str) -> None:
        """Logs a trouble when it begins and when it is over, not each second."""
        if bool(trouble) != bool(self._trouble):
            logger.warning(trouble) if trouble else logger.info("The local copy is up to date again.")
        self._trouble = trouble

    def _doubt(self, error: Exception) -> None:
        if isinstance(error, sqlite3.Error) and file.is_damage(error):
            self._fill_because = "it is damaged"

    def _take_result(self) -> None:
        """Puts a new file in place once it is filled; fills one where the one in use was found damaged."""
        match self._background.take():
            case Path() as filled:
                was_there = file.current(self._place).exists()
                file.put_in_place(self._place, filled)
                if self._copy:
                    self._copy.close()
                self._open()
                # The first copy of all is nothing to write about.
                level = logging.INFO if was_there else logging.DEBUG
                took = monotonic() - self._fill_began_at
                logger.log(level, "A new local copy was filled in %.1f s: %s.", took, self._filling_because)
            case False:
                self._fill_because = "it is damaged"

    def _fill_where_needed(self, look: Look) -> None:
        if self._background.is_busy:
            return
        if because := self._why_fill(look):
            if monotonic() - self._failed_at >= _RETRY_S:
                self._filling_because = because.rstrip(".")
                self._fill_began_at = monotonic()
                self._background.start(self._fill)
        elif file.doubt(self._place).exists():
            file.doubt(self._place).unlink(missing_ok=True)
            self._background.start(partial(file.is_sound, self._place))

    def _fill(self) -> Path:
        try:
            return filling.fill(self._place, self._documents)
        except BaseException:
            self._hold_off()
            raise

    def _why_fill(self, look: Look) -> str:
        """Why the file in use does not do; empty where it does."""
        if self._fill_because or not self._copy:
            return self._fill_because
        if self._meta["source"] != look.source:
            return "the database is another one, was restored or crashed"
        if self._meta["fields"] != filling.fields():
            return "this release knows other facts"
        if source.is_forgotten(look, since=datetime.fromisoformat(self._meta["as_of"])):
            return "nobody kept it up to date for long"
        return ""

    def _copy_documents(self, copy: sqlite3.Connection, look: Look) -> None:
        for document, revision in zip(self._documents, look.revisions, strict=True):
            # Without the row that counts changes, each look may have missed some.
            if not revision or self._revisions.get(document.name) != revision:
                with deadline(_PATIENCE_S):
                    body = document.read()
                with applying.written(copy):
                    applying.write_document(copy, document.name, body)
                self._revisions[document.name] = revision

    def _note_changes(self, copy: sqlite3.Connection, look: Look) -> None:
        if look.changed and self._position:
            with deadline(_PATIENCE_S):
                count = source.count_changed(since=self._position, now=look.snapshot)
                if count is None or (count > _MANY and count * _MANY_OF_ALL > applying.count_customers(copy)):
                    self._fill_because = "many customers have changed"
                else:
                    changed = source.changed_customers(since=self._position, now=look.snapshot)
                    self._backlog = list(dict.fromkeys([*changed, *self._backlog]))
        self._position = look.snapshot

    def _copy_customers(self, copy: sqlite3.Connection) -> None:
        end = monotonic() + _SHARE_S
        while self._backlog and monotonic() < end:
            with deadline(_PATIENCE_S):
                applying.apply_customers(copy, self._backlog[:_BATCH])
            del self._backlog[:_BATCH]
            self._dirty = True

    def _settle(self, copy: sqlite3.Connection, look: Look) -> None:
        """Says how far the copy has come: to readers each time, for the next start when something was copied."""
        done = not self._backlog and not self._fill_because
        if done and (self._dirty or monotonic() - self._saved_at > _SAVE_EVERY_S):
            applying.save_position(copy, snapshot=look.snapshot, as_of=look.time.isoformat())
            self._saved_at = monotonic()
            self._dirty = not applying.forget_overwritten(copy)
        age.confirm(self._place, in_force=look.time if done else None)

    def _prune(self) -> None:
        if monotonic() - self._pruned_at > _PRUNE_EVERY_S:
            self._pruned_at = monotonic()
            source.prune()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

"""What this process decides calls by: the published version and the switches of this node's copy, swapped as a whole.

A thread looks ten times a second whether the copy's documents are others now and compiles them, so that no call waits
for that, and none sees half of a version.
"""

import logging
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import orjson

from assistants import copied
from assistants.compiling import compile_document
from assistants.ruleset import Ruleset, Switches
from customers.local_copy import reading
from customers.local_copy.file import CopyUnusable

logger = logging.getLogger("personalization.ruleset")

LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Live:
    """The ruleset and the switches; `digests` tell the bytes they were read from."""

    ruleset: Ruleset
    switches: Switches
    digests: tuple[str, str] = ("", "")


@dataclass(slots=True)
class _Held:
    """What this process holds, and the thread that keeps it up to date."""

    live: Live | None = None
    watcher: Thread | None = None
    told_to_stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)


_held = _Held()


def current() -> Live:
    """What calls are decided by now. Raises CopyUnusable where this node has had no copy since the process started."""
    return _held.live or _first()


def read() -> Live:
    """The latest version and the switches as they are in the database now, for pages and commands."""
    return Live(_compiled(copied.read_published()), read_switches())


def read_switches() -> Switches:
    """The emergency switches and pins as they are in the database now."""
    return copied.parse_switches(copied.read_switches())


def stop() -> None:
    """Ends the thread, and forgets what it held; the next call begins anew."""
    with _held.lock:
        _held.told_to_stop.set()
        if _held.watcher:
            _held.watcher.join()
        _held.live = _held.watcher = None


def _first() -> Live:
    with _held.lock:
        if _held.live is None:
            _held.live = _read_copy(None)
        if _held.watcher is None:
            _held.told_to_stop.clear()
            _held.watcher = Thread(target=_watch, name="live", daemon=True)
            _held.watcher.start()
        return _held.live


def _watch() -> None:
    while not _held.told_to_stop.wait(LOOK_S):
        try:
            _held.live = _read_copy(_held.live)
        except CopyUnusable:
            continue  # callers go on hearing what they heard; /readyz says what is the matter
        except Exception:
            logger.exception("The published version cannot be read; calls are decided by the last one.")


def _read_copy(held: Live | None) -> Live:
    """What the copy holds; compiled only where it is not what is held already."""
    digests = (reading.digest(copied.PUBLISHED.name), reading.digest(copied.SWITCHES.name))
    if held and held.digests == digests:
        return held
    same = held is not None and held.digests[0] == digests[0]
    ruleset = held.ruleset if held and same else _compiled(reading.document(copied.PUBLISHED.name))
    return Live(ruleset, copied.parse_switches(reading.document(copied.SWITCHES.name)), digests)


def _compiled(published: bytes) -> Ruleset:
    version = orjson.loads(published)
    return compile_document(version["document"], version=version["number"])

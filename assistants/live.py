"""What this process decides calls by: the latest published version and the switches, swapped as a whole.

A thread asks for changes twice a second, so that no call waits for the database or for compiling.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock, Thread

from django.db import connection
from django.utils import timezone

from assistants.compiling import compile_document
from assistants.models import Line, Pin, SiteSettings
from assistants.publishing import latest_version, newest_number
from assistants.ruleset import Ruleset, Switches

logger = logging.getLogger(__name__)

# Four looks within the two seconds in which a change must be in force.
_POLL_S = 0.5
# More pins than this are a mistake: they are for tests and special cases, and every process holds them.
_MOST_PINS = 100_000


@dataclass(frozen=True, slots=True)
class Live:
    """The ruleset and the switches as of one revision of the rows they come from."""

    ruleset: Ruleset
    switches: Switches
    revision: int | None


@dataclass(slots=True)
class _Held:
    """What this process holds, and the thread that keeps it up to date."""

    live: Live | None = None
    follower: Thread | None = None
    told_to_stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)


_held = _Held()


def current() -> Live:
    """What calls are decided by now. Only the first call of a process waits for it, and may meet a database error."""
    if _held.live is None or _held.follower is None:
        with _held.lock:
            _start()
    return _held.live or read()


def read(held: Live | None = None) -> Live:
    """The latest version and the switches as they are in the database now; `held` itself if that is still it."""
    revision = SiteSettings.objects.values_list("revision", flat=True).first()
    if held and revision is not None and revision == held.revision:
        return held
    if held and held.ruleset.version == newest_number():
        return Live(held.ruleset, read_switches(), revision)
    version = latest_version()
    ruleset = compile_document(version.document, version=version.number) if version else Ruleset(0)
    return Live(ruleset, read_switches(), revision)


def read_switches() -> Switches:
    """The emergency switches and pins as they are in the database now."""
    pins = list(Pin.objects.filter(until__gt=timezone.now()).select_related("variant")[:_MOST_PINS])
    lines = Line.objects.filter(emergency=True).values_list("name", "number", "sip_uri", "vapi_id")
    return Switches(
        emergency=SiteSettings.objects.filter(emergency=True).exists(),
        emergency_lines=frozenset(each for line in lines for each in line if each),
        pinned_customers={pin.customer_id: _pinned(pin) for pin in pins if pin.customer_id},
        pinned_addresses={pin.number: _pinned(pin) for pin in pins if pin.number},
    )


def stop() -> None:
    """Ends the thread, and forgets what it held; the next call begins anew."""
    with _held.lock:
        _held.told_to_stop.set()
        if _held.follower:
            _held.follower.join()
        _held.live = _held.follower = None


def _start() -> None:
    if _held.follower is None:
        _held.live = read()
        _held.told_to_stop.clear()
        _held.follower = Thread(target=_follow, name="live", daemon=True)
        _held.follower.start()


def _follow() -> None:
    while not _held.told_to_stop.wait(_POLL_S):
        try:
            _held.live = read(_held.live)
        except Exception as error:  # whatever it is, callers go on hearing what they heard
            logger.warning("The published version cannot be read (%s); calls are decided by the last one.", error)
            connection.close()
    connection.close()


def _pinned(pin: Pin) -> tuple[str, datetime]:
    return pin.variant.name, pin.until

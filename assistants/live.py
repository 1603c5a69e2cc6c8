"""What this process decides calls by, kept in memory and swapped as a whole.

Until publishing has its pages in the admin, that is the draft as it was last saved.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection
from django.utils import timezone

from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.models import Line, Pin, SiteSettings
from assistants.ruleset import Ruleset, Switches

# How long a process goes on without asking whether anything changed. Short enough that staff never notice, long
# enough that under load the question costs nothing per call.
FRESH_FOR_S = 0.02

_VERSION = 1
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
    """What this process holds, and when it was last confirmed to be in force."""

    live: Live | None = None
    confirmed_at: float = float("-inf")


_held = _Held()


def current() -> Live:
    """What calls are decided by now, compiled again only when a row has changed. Raises database errors."""
    now = time.monotonic()
    if _held.live is None or now - _held.confirmed_at >= FRESH_FOR_S:
        _held.live = _confirmed(_held.live)
        _held.confirmed_at = now
    return _held.live


def refresh() -> Live:
    """The same, asked for at once: for commands and pages."""
    _held.confirmed_at = float("-inf")
    return current()


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


def _confirmed(held: Live | None) -> Live:
    revision = _revision()
    if held and revision is not None and revision == held.revision:
        return held
    return Live(compile_document(draft_document(), version=_VERSION), read_switches(), revision)


def _revision() -> int | None:
    try:
        return _read_revision()
    except OperationalError:
        # The connection may have died while it lay idle; a new one is tried once.
        connection.close()
        return _read_revision()


def _read_revision() -> int | None:
    # Plain SQL, since nearly every call asks: a query set takes four times as long.
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM assistants_sitesettings")
        row = cursor.fetchone()
    return row[0] if row else None


def _pinned(pin: Pin) -> tuple[str, datetime]:
    return pin.variant.name, pin.until

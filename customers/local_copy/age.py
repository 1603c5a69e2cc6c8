"""When the copy was last confirmed, whatever the clock does: a small file of its own beside the copy.

Not in the copy itself, where a line each second would make every reader forget what it has cached. It is written in
place, so that a full disk does not age the copy.
"""

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NEVER = float("inf")
_LENGTH = 160
# Goes on while the machine sleeps, and never jumps; where there is none, the next best.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """PostgreSQL answered at this moment by three clocks; what was committed by `in_force` (its time) is copied."""

    boot: str
    since_boot: float
    clock: float
    in_force: datetime | None


def confirm(place: Path, *, in_force: datetime | None) -> None:
    """PostgreSQL has just answered; `in_force` None keeps the moment that was confirmed before."""
    before = last(place)
    moment = in_force or (before.in_force if before else None)
    text = f"{_boot()} {time.clock_gettime(_CLOCK)} {time.time()} {moment.isoformat() if moment else '-'}"
    descriptor = os.open(place / "confirmed", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, text.ljust(_LENGTH).encode(), 0)
    finally:
        os.close(descriptor)


def last(place: Path) -> Confirmation | None:
    """The last confirmation; None where there was none, or it cannot be read."""
    try:
        boot, since_boot, clock, in_force = _read(f"{place}/confirmed").split()
        moment = None if in_force == "-" else datetime.fromisoformat(in_force)
        return Confirmation(boot, float(since_boot), float(clock), moment)
    except (OSError, ValueError):
        return None


def age(place: Path) -> float:
    """Seconds since the last confirmation; infinite where there was none.

    Since the machine started, the clock on the wall is not asked. After a restart it must be; where it then stands
    before the confirmation, one of both is wrong by that much, and the copy counts as that old.
    """
    confirmed = last(place)
    if confirmed is None:
        return _NEVER
    if confirmed.boot == _boot():
        return max(0.0, time.clock_gettime(_CLOCK) - confirmed.since_boot)
    return abs(time.time() - confirmed.clock)


def _read(path: str) -> str:
    # Each call asks for the age; pathlib takes four times as long.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _LENGTH).decode("ascii")
    finally:
        os.close(descriptor)


def _boot() -> str:
    """Another text after each start of the machine."""
    return _BOOT_ID


def _read_boot() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return f"started:{time.time() - time.clock_gettime(_CLOCK):.0f}"


_BOOT_ID = _read_boot()

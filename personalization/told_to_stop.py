"""Ctrl-C and SIGTERM for commands that keep running: the round under way is finished, then they end."""

import signal
from threading import Event


def told_to_stop() -> Event:
    """An event that is set once this process is told to stop; to be asked for in the main thread."""
    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told

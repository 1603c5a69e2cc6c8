"""Whose doing it is when a command does it."""

import getpass
from contextlib import suppress


def command_user() -> str:
    """As in “nina (command line)”; without the name where the account has none, as in some containers."""
    with suppress(KeyError, OSError, ImportError):
        return f"{getpass.getuser()} (command line)"
    return "command line"

#!/usr/bin/env python3
"""Django's commands, in the project's own Python and with its database running: see personalization/command_line.py."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def main() -> None:
    """Runs the command; moves to `.venv` first where this Python lacks what the project needs."""
    if sys.version_info < (3, 11):  # noqa: UP036  whoever starts this by hand may have an older one
        move_to_virtual_environment()
    try:
        from personalization import command_line
    except ModuleNotFoundError as error:
        if os.path.exists(os.path.join(HERE, (error.name or "").split(".")[0])):
            raise  # ours, so no installation would bring it
        move_to_virtual_environment()
    sys.exit(command_line.main(sys.argv))


def move_to_virtual_environment() -> None:
    """Never returns: this process becomes `.venv`'s Python, or says what to do."""
    if not os.path.exists(PYTHON):
        sys.exit("There is no virtual environment yet: `make run` makes it, as do the steps in README.md.")
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        sys.exit("The virtual environment is incomplete: `make run` completes it.")
    os.execv(PYTHON, [PYTHON, *sys.argv])


if __name__ == "__main__":
    main()

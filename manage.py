#!/usr/bin/env python3
"""Django's commands, in the project's own Python and with its database running: see personalization/command_line.py."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(HERE, ".venv", "bin", "python")


def main() -> None:
    """Runs the command; moves to `.venv` first where this Python lacks what the project needs."""
    try:
        from personalization import command_line  # noqa: PLC0415  it may be missing what it imports
    except (ImportError, SyntaxError):
        _move_to_virtual_environment()
        raise
    sys.exit(command_line.main(sys.argv))


def _move_to_virtual_environment() -> None:
    if os.path.realpath(sys.prefix) == os.path.realpath(os.path.join(HERE, ".venv")):
        sys.exit("The virtual environment .venv is incomplete: `make run` or `.venv/bin/python -m pip install -r requirements.txt` completes it.")
    if not os.path.exists(PYTHON):
        sys.exit("There is no virtual environment yet: run `make run`, or `python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt`.")
    os.execv(PYTHON, [PYTHON, *sys.argv])


if __name__ == "__main__":
    main()

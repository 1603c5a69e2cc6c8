"""A key for our own API."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from personalization.api.models import ApiKey, Scope

_ALL = "all"
_LONGEST_NAME = 50


class Command(BaseCommand):
    help = "Makes a key for the HTTP API and shows it, once. The admin shows all keys and revokes them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose key, and what for."""
        parser.add_argument("name", metavar="NAME", help="who will use it, such as CRM")
        parser.add_argument(
            "--scope",
            action="append",
            nargs="+",
            metavar="SCOPE",
            help=f"what for: {', '.join(Scope.values)}, or {_ALL}; several are possible (it asks)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes the key. Only the key stands on standard output, so that it can be piped."""
        name = options["name"].strip()
        if not name or len(name) > _LONGEST_NAME or "\0" in name:
            raise CommandError(f"NAME has 1 to {_LONGEST_NAME} characters.")
        words = [word for several in options["scope"] or [_ask()] for word in several]
        record, key = ApiKey.objects.make(name=name, scopes=_scopes(words))
        self.stderr.write(f"The key of {name} for {', '.join(record.scopes)}. It is shown this once:")
        self.stdout.write(key)


def _ask() -> list[str]:
    if not sys.stdin.isatty():
        raise CommandError(f"Say what the key is for: --scope {Scope.CUSTOMERS_READ} … or --scope {_ALL}.")
    for scope in Scope:
        print(f"  {scope.value:<16} {scope.label}", file=sys.stderr)
    return input(f"What for? (several with blanks between, or {_ALL}) ").split()


def _scopes(words: Sequence[str]) -> list[str]:
    if unknown := [word for word in words if word not in {*Scope.values, _ALL}]:
        raise CommandError(f"“{unknown[0]}” is no scope: there are {', '.join(Scope.values)} and {_ALL}.")
    if not words:
        raise CommandError("A key without any scope is good for nothing.")
    return list(Scope.values) if _ALL in words else sorted(set(words))

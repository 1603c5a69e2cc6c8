"""A number at Vapi, pointed at this server."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assistants import live
from assistants.lines_at_vapi import keep_line, line_of
from assistants.number_findings import number_findings
from assistants.vapi import Object, Vapi, VapiError, connected
from assistants.vapi_numbers import (
    Endpoint,
    UnusableNumber,
    answered_by,
    change_to_connect,
    find_number,
    masked,
    read_fallback,
    server_of,
    shown,
    this_server,
)
from customers.local_copy.in_force import wait_until_in_force


class Command(BaseCommand):
    help = (
        "Lets Vapi ask this server who answers a number's calls: takes the number from its assistant, after asking, "
        "sets server, secret and fallback destination, and adds the line. Vapi sends the first of VAPI_WEBHOOK_SECRETS "
        "in a header, which whoever may read the number at Vapi can see; --credential-id keeps it in a credential."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which number, and where its calls go when this server is down."""
        parser.add_argument("number", metavar="NUMBER|ID", help="in any spelling, a SIP address, or the id at Vapi")
        fallback = parser.add_mutually_exclusive_group(required=True)
        fallback.add_argument("--fallback-destination", metavar="NUMBER", help="who gets calls when this server fails")
        fallback.add_argument("--no-fallback-destination", action="store_true", help="callers hear an error then")
        parser.add_argument("--credential-id", default="", metavar="ID", help="by which Vapi proves itself to us")
        parser.add_argument("--dry-run", action="store_true", help="show the request, and change nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask before it is taken from an assistant")

    def handle(self, *args: Any, **options: Any) -> None:
        """Connects the number, or changes nothing and says why in one sentence."""
        try:
            here = this_server()
            text = options["fallback_destination"]
            fallback = None if text is None else read_fallback(text, region=settings.DEFAULT_REGION)
            with connected(self.stderr.write) as vapi:
                self._connect(vapi, here, fallback, options)
        except (VapiError, UnusableNumber) as error:
            raise CommandError(str(error)) from error

    def _connect(self, vapi: Vapi, here: Endpoint, fallback: Object | None, options: dict[str, Any]) -> None:
        number = find_number(options["number"], vapi.list_phone_numbers(), region=settings.DEFAULT_REGION)
        change = change_to_connect(number, to=here, fallback=fallback, credential_id=options["credential_id"])
        if options["dry_run"]:
            self.stdout.write(f"PATCH {settings.VAPI_API_URL}/phone-number/{number['id']}")
            self.stdout.write(json.dumps(masked(change), indent=2, ensure_ascii=False))
            self.stdout.write(f"Nothing was changed (--dry-run).{_taken(number, here)}")
            return
        if taken := _taken(number, here):
            _ask(f"{shown(number)}:{taken}", yes=options["yes"])
        changed = vapi.change_phone_number(number["id"], change)
        self.stdout.write(_line_sentence(changed))
        for finding in number_findings(changed, here=here, is_line=True):
            self.stdout.write(str(finding))
        self.stdout.write(f"{shown(changed)} is connected: Vapi asks {here.url} who answers.")


def _taken(number: Object, here: Endpoint) -> str:
    """Whom the number is taken from, in a sentence; empty where it is free."""
    if who := answered_by(number):
        return f" {who} answers it now, and would do so no longer."
    url = server_of(number).get("url")
    return f" Vapi asks {url} now, and would do so no longer." if url and url != here.url else ""


def _ask(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(f"Nothing was changed. {question} Say --yes if that is meant.")
    if input(f"{question} Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise CommandError("Nothing was changed.")


def _line_sentence(number: Object) -> str:
    """Adds the line where there is none, or its id at Vapi where that is new; says so, and whether callers notice."""
    known = line_of(number)
    if known and known.vapi_id == number["id"]:
        return f"The line “{known}” was here already."
    line, version = keep_line(number)
    done = f"The line “{line}” was {'given its id at Vapi' if known else 'added'}"
    if version is None:
        return f"{done}{', in the draft: ' if known else ' to the draft: choose its fallback and '}publish."
    not_yet = wait_until_in_force(and_then=live.LOOK_S)
    return f"{done} and published as version {version}. {not_yet}".rstrip()

"""Calls whose webhook never came."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from assistants.vapi import VapiError, connected
from customers.duties import NotDone, carry_out
from customers.progress import followed
from personalization.call_sync import DUTY, PACE_S, sync_calls


class Command(BaseCommand):
    help = (
        "Fetches calls from Vapi and completes their records: the net below reports that never came. Goes on where it "
        "was interrupted; housekeeping does so every hour where VAPI_API_KEY is set."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From when on."""
        parser.add_argument(
            "--since",
            type=_moment,
            metavar="DATE",
            help="such as 2026-11-01 (UTC); else since the last time, and at first the last 30 days",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetches, and says how many there were."""
        at, since = timezone.now(), options["since"]
        if since and since > at:
            raise CommandError("--since lies in the future: there are no calls from then on.")
        try:
            with connected(self.stderr.write, pace_s=PACE_S) as vapi:
                sentence = followed(carry_out(DUTY, sync_calls(vapi, since=since, at=at), at=at), sys.stderr, "calls")
        except (VapiError, NotDone) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(sentence, self.style.SUCCESS)


def _moment(text: str) -> datetime:
    """A date, or a date and time, in ISO 8601; UTC unless it says otherwise."""
    try:
        day = parse_date(text)
        found = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"“{text}” is no date such as 2026-11-01.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)

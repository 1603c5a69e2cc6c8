"""Is everything at Vapi as this server needs it?"""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assistants.lines_at_vapi import line_of, lines_without_number
from assistants.monitoring import open_monitors
from assistants.number_findings import Finding, number_findings
from assistants.publishing import published_document
from assistants.vapi import Object, VapiError, connected
from assistants.vapi_numbers import Endpoint, UnusableNumber, shown, this_server
from customers.duties_in_words import what_is_wrong, what_was_done


class Command(BaseCommand):
    help = (
        "Looks at every number at Vapi: does it ask this server, with a secret that is accepted, is there a fallback "
        "destination, are its time-outs long enough? And of the assistants that answer: can strangers listen in? Each "
        "with what to do, and when housekeeping last ran. Changes nothing; exit status 1 if something is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what is found, number by number."""
        try:
            here = this_server()
            with connected(self.stderr.write) as vapi:
                numbers = list(vapi.list_phone_numbers())
                assistants, squads = list(vapi.list_assistants()), list(vapi.list_squads())
        except (VapiError, UnusableNumber) as error:
            raise CommandError(str(error)) from error
        wrong = 0
        for subject, findings in _looked_at(numbers, here):
            wrong += any(finding.is_wrong for finding in findings)
            self._show(subject, findings)
        variants = published_document().get("variants", {})
        for sentence in open_monitors(variants, assistants=assistants, squads=squads):
            self.stdout.write(str(Finding(sentence, is_wrong=False)))
        for sentence in [*what_was_done(at=timezone.now()), *what_is_wrong(at=timezone.now())]:
            self.stdout.write(sentence)
        looked = f"{len(numbers)} {'number' if len(numbers) == 1 else 'numbers'} at Vapi"
        self.stdout.write(f"{looked}: {f'{wrong} to be mended' if wrong else 'nothing is wrong'}.")
        if wrong:
            sys.exit(1)

    def _show(self, subject: str, findings: list[Finding]) -> None:
        self.stdout.write(f"{subject}: {'' if findings else 'as it should be'}".rstrip())
        for finding in findings:
            self.stdout.write(f"  {finding}", self.style.ERROR if finding.is_wrong else None)


def _looked_at(numbers: list[Object], here: Endpoint) -> Iterator[tuple[str, list[Finding]]]:
    """Each number, and each line that is none, with what was found about it."""
    for number in numbers:
        is_line = line_of(number) is not None
        yield shown(number), list(number_findings(number, here=here, is_line=is_line))
    for line in lines_without_number(numbers):
        sentence = "Vapi has no such number: take the line out, or look whether VAPI_API_KEY is its organisation's."
        yield f"Line “{line}”", [Finding(sentence)]

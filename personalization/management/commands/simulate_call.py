from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from personalization.simulation import CannotSimulate, Simulation, simulate


class Command(BaseCommand):
    help = "Says who would answer a call, why, and the exact JSON that Vapi would get. It has no effect."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "number", help="The caller's number in any spelling, or SIP address; '' for a withheld one."
        )
        parser.add_argument("--line", default="", help="The dialled line: its name, number, SIP address or id at Vapi.")
        parser.add_argument("--at", default="", help="When, as in 2026-12-24T20:00:00-07:00; without it: now.")
        parser.add_argument("--draft", action="store_true", help="By the draft instead of the published version.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            simulation = simulate(
                number=options["number"],
                line=options["line"],
                at=_moment(options["at"]) if options["at"] else timezone.now(),
                draft=options["draft"],
            )
        except CannotSimulate as error:
            raise CommandError(str(error)) from error
        self._show(simulation)

    def _show(self, simulation: Simulation) -> None:
        decision = simulation.decision
        caller = decision.facts.caller
        self.stdout.write(f"Caller:    {caller.address.shown or 'no usable number'} ({caller.status})")
        self.stdout.write(f"Customer:  {f'{caller.customer.name} ({caller.customer.id})' if caller.customer else '-'}")
        self.stdout.write(f"Line:      {decision.facts.line or 'one we were not told of'}")
        self.stdout.write(f"Answer:    {decision.variant.name if decision.variant else 'a spoken apology'}")
        self.stdout.write(f"Reason:    {decision.reason}, version {decision.version}")
        self.stdout.write(f"Greeting:  {simulation.greeting or '-'}")
        for entry in simulation.trace:
            mark, why = ("✗", entry.obstacle) if entry.obstacle else ("✓", "all conditions hold")
            self.stdout.write(f"  {mark} {entry.rule.name}: {why}")
        for variable in simulation.variables:
            self.stdout.write(f"  {{{{{variable.name}}}}} = {variable.value} · {variable.origin}")
        self.stdout.write(simulation.readable_reply)


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--at: “{text}” is not a time: write it as 2026-12-24T20:00:00-07:00.")
    return moment if moment.tzinfo else timezone.make_aware(moment)

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from assistants.models import Line
from personalization import simulation_words as words
from personalization.simulation import CannotSimulate, Simulation, simulate
from personalization.simulation_inputs import InvalidInput, read_headers, read_moment
from personalization.simulation_trace import Outcome

_MARKS = {Outcome.ANSWERS: "✓", Outcome.WOULD_ANSWER: "✓", Outcome.COMES_LATER: "·", Outcome.FAILS: "✗"}


class Command(BaseCommand):
    help = "Says who would answer a call, why, and the exact JSON that Vapi would get. It has no effect."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "number",
            metavar="NUMBER",
            help="The caller's number in any spelling, or SIP address; '' for a withheld one.",
        )
        parser.add_argument("--line", default="", help="The dialled line: its name, number, SIP address or id at Vapi.")
        parser.add_argument(
            "--at",
            default="",
            help="When, as in 2026-12-24T20:00 (on the line's clock) or 2026-12-24T20:00:00-07:00; without it: now.",
        )
        parser.add_argument("--draft", action="store_true", help="By the draft instead of the published version.")
        parser.add_argument(
            "--sip-header", action="append", default=[], metavar="HEADER", help="As in “X-Account: A-7”; repeatable."
        )
        parser.add_argument(
            "--transfer", action="store_true", help="An assistant asks in the midst of the call where to transfer it."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            simulation = simulate(
                number=options["number"],
                line=options["line"],
                at=read_moment(options["at"], _zone(options["line"])),
                draft=options["draft"],
                sip_headers=read_headers("\n".join(options["sip_header"])),
                transfer=options["transfer"],
            )
        except (InvalidInput, CannotSimulate) as error:
            raise CommandError(str(error)) from error
        self._show_who(simulation)
        self._show_why(simulation)
        self.stdout.write(f"\n{simulation.readable_reply}\n\n")
        self.stdout.write(f"{words.answer_in_words(simulation)}. {words.reason_in_words(simulation)}")

    def _show_who(self, simulation: Simulation) -> None:
        decision, greeting = simulation.decision, simulation.greeting
        facts, customer = decision.facts, decision.facts.caller.customer
        said = f"“{greeting.text}” {greeting.note}" if greeting.text else greeting.note
        by = "the draft, which callers do not hear" if simulation.is_draft else f"version {decision.version}"
        for label, text in (
            ("Caller", f"{facts.caller.status}: {words.caller_in_words(simulation)}"),
            ("Customer", f"{customer.name} ({customer.id})" if customer else "-"),
            ("Line", facts.line or "one of which we have not been told"),
            ("Time", words.moment_in_words(facts.at, facts.line_timezone)),
            ("Answer", decision.variant.name if decision.variant else words.answer_in_words(simulation)),
            ("Reason", f"{decision.reason}, by {by}"),
            ("Greeting", said.strip()),
        ):
            self.stdout.write(f"{label + ':':<10} {text}")

    def _show_why(self, simulation: Simulation) -> None:
        for warning in words.warnings(simulation):
            self.stdout.write(self.style.WARNING(f"Warning:   {warning}"))
        self.stdout.write("\nRules, in order:" if simulation.trace else "\nNo rules were asked.")
        for step in simulation.trace:
            self.stdout.write(f"  {_MARKS[step.outcome]} {step.rule.name}: {step.sentence}")
        if simulation.variables:
            self.stdout.write("\nVariables:")
        for variable in simulation.variables:
            self.stdout.write(f"  {{{{{variable.name}}}}} = {variable.value} · {variable.origin}")


def _zone(line: str) -> str:
    """The time zone of the line of that name or address."""
    named = Q(name=line) | Q(number=line) | Q(sip_uri=line) | Q(vapi_id=line)
    return Line.objects.filter(named).values_list("timezone", flat=True).first() or "UTC"

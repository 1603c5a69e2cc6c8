"""Importing a few lines of CSV, as the tests of imports do it."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command

from customers.importing import ImportOptions, ImportOutcome, import_customers
from customers.models import Customer
from customers.staging import RejectedRow
from customers.tables import open_table


@dataclass
class Imported:
    """What an import said: the counts, and the rejected rows as “2: sentence”."""

    outcome: ImportOutcome
    rejected: list[RejectedRow] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.outcome.created, self.outcome.updated, self.outcome.unchanged, self.outcome.rejected

    @property
    def problems(self) -> list[str]:
        return [f"{row.line}: {problem}" for row in self.rejected for problem in row.problems]


class Importer:
    """Imports text as if it were files; each call gives what became of the rows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *texts: str, confirm: bool = False, **options: Any) -> Imported:
        tables = []
        for number, text in enumerate(texts, start=1):
            path = self._folder / f"{number}.csv"
            path.write_text(text, encoding="utf-8", newline="")
            tables.append(open_table(path))
        rejected: list[RejectedRow] = []
        outcome = import_customers(
            tables,
            options=ImportOptions(**{"region": "US"} | options),
            on_rejected=rejected.extend,
            confirm_deactivation=lambda missing, active: confirm,
        )
        return Imported(outcome, rejected)


def numbers(external_id: str) -> list[str]:
    """The customer's numbers and addresses, extensions behind, in their order."""
    points = Customer.objects.get(external_id=external_id).contact_points.order_by("pk")
    return [f"{point.value} {point.extension}".strip() for point in points]


TWO_GOOD_TWO_BAD = """\
Customer ID,Name,Phone Number,Language
c001,Ada Example,+13035550101,en

c002,Ben Okafor,+1303555010,english
c003,"Carmen
Ruiz",(303) 555-0103,es
c004,Dmitri Volkov,+13035550104,russian
"""


@dataclass
class Said:
    """What a command wrote, line by line, and its exit status."""

    out: list[str]
    err: list[str]
    status: int


def import_files(*arguments: object) -> Said:
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command("import_customers", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as error:
        status = int(error.code or 0)
    return Said(out.getvalue().splitlines(), err.getvalue().splitlines(), status)

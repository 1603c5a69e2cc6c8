"""What is done again and again: when last, and how far it has come. One row for all machines."""

from django.db import models


class Duty(models.Model):
    """One duty of housekeeping's, whoever carried it out last: housekeeping on any machine, or a person's command."""

    name = models.CharField(primary_key=True, max_length=40)
    tried_at = models.DateTimeField(null=True, help_text="When it was last begun.")
    done_at = models.DateTimeField(null=True, help_text="When it last came to its end.")
    outcome = models.CharField(max_length=500, blank=True, help_text="What came of the last try, in a sentence.")
    failed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class FetchedCalls(models.Model):
    """How far calls have been fetched from Vapi; one row. Times are those at which Vapi made the calls."""

    complete_to = models.DateTimeField(null=True, help_text="Up to here nothing is missing.")
    # A run that was interrupted goes on where it was.
    since = models.DateTimeField(null=True, help_text="Where the run under way began; null where none is.")
    reached = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "calls fetched from Vapi"

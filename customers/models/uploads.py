"""Files that staff upload to import: what was asked, how far it has come, and the file itself in pieces.

The pieces lie in PostgreSQL, so that any node can do the work, and nothing of a file outlives its row.
"""

from django.db import models
from django.db.models.functions import Now

from customers.columns import UnknownColumns
from customers.models.people import Import


class Upload(models.Model):
    """One file on its way from somebody's browser to the customers."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits to be checked"
        CHECKING = "checking", "being checked"
        ASKING = "asking", "has columns to be explained"
        READY = "ready", "checked, not imported yet"
        CONFIRMED = "confirmed", "waits to be imported"
        IMPORTING = "importing", "being imported"
        DONE = "done", "imported"
        FAILED = "failed", "not imported"

    class Only(models.TextChoices):
        BOTH = "", "create and update customers"
        CREATE = "create", "only create new customers"
        UPDATE = "update", "only update customers who exist"

    class Unknown(models.TextChoices):
        ASK = "", "ask me what each of them is"
        ATTRIBUTES = UnknownColumns.ATTRIBUTES.value, "keep all of them as attributes"
        IGNORE = UnknownColumns.IGNORE.value, "leave all of them aside"

    at = models.DateTimeField("uploaded", db_default=Now())
    by = models.TextField()
    file_name = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)

    region = models.CharField(max_length=2)
    date_format = models.CharField(max_length=40, blank=True)
    unknown_columns = models.CharField(max_length=10, choices=Unknown, blank=True)
    mapping = models.JSONField(default=dict)
    only = models.CharField(max_length=6, choices=Only, blank=True)
    deactivate_missing = models.BooleanField(default=False)

    # How often the present work was begun, when, and when whoever does it was last heard of.
    attempt = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    share = models.FloatField(default=0)

    # What the check, and later the import, has found: see customers/uploads/findings.py.
    found = models.JSONField(default=dict)
    sentence = models.TextField(blank=True)
    record = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        # customers.import_customers is what opens these pages.
        default_permissions = ()

    def __str__(self) -> str:
        return self.file_name


class UploadPart(models.Model):
    """A piece of an uploaded file, or of the table of rows that were rejected."""

    class Of(models.TextChoices):
        FILE = "file"
        REJECTS = "rejects"

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts")
    of = models.CharField(max_length=7, choices=Of)
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("upload", "of", "position", name="upload_part_once")]

    def __str__(self) -> str:
        return f"{self.of} {self.position}"

"""Published versions: what callers hear, as immutable numbered documents."""

from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField  # which takes no parameters at run time


class DocumentField(_TextField):
    """A document as JSON text: PostgreSQL's own JSON would lose the order in which rules are tried."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else orjson.loads(value)

    def to_python(self, value: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str:
        return orjson.dumps(value).decode()


class PublishedVersion(models.Model):
    """One published document. It is never changed; the highest number is what callers hear."""

    number = models.PositiveIntegerField(primary_key=True)
    document = DocumentField()
    note = models.CharField(max_length=500, blank=True)
    changes = models.PositiveIntegerField(default=0, help_text="How many things differ from the version before.")
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        verbose_name = "version"
        # A version is never changed, so there is nothing else to be permitted.
        default_permissions = ("view",)
        permissions = [("publish", "Can publish, propose, approve and bring back versions")]

    def __str__(self) -> str:
        return f"Version {self.number}"


class Proposal(models.Model):
    """A document that waits for a second person; what is approved is what was proposed, not what the draft became."""

    document = DocumentField()
    note = models.CharField(max_length=500, blank=True)
    proposed_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-proposed_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Proposal of {self.proposed_at:%Y-%m-%d %H:%M}"

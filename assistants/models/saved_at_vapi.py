"""What `sync_assistants` last saw at Vapi, for staff to choose from."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from assistants.models.variants import AssistantVariant


class SavedAtVapi(models.Model):
    """An assistant or squad that is saved at Vapi; not part of the draft, and nothing that calls depend on."""

    KINDS = (
        (AssistantVariant.Kind.SAVED_ASSISTANT.value, "assistant"),
        (AssistantVariant.Kind.SAVED_SQUAD.value, "squad"),
    )

    vapi_id = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=KINDS)
    name = models.CharField(max_length=200, blank=True)
    variables = ArrayField(models.TextField(), default=list, help_text="Names between {{ and }} that we must fill.")
    sends_elsewhere = models.BooleanField(
        default=False, db_default=False, help_text="It has a server of its own, to which Vapi sends its messages."
    )
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "vapi_id"]
        default_permissions = ()
        verbose_name = "assistant or squad at Vapi"
        verbose_name_plural = "assistants and squads at Vapi"

    def __str__(self) -> str:
        return self.name or self.vapi_id

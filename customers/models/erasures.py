"""Who was erased: nothing of the person, only marks by which somebody who comes back is recognised."""

import secrets
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

_SECRET_BYTES = 32


class Erasure(models.Model):
    """That somebody was erased: when, by whom, and which calls Vapi knew of then. Staff may lift its tombstones."""

    at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True)
    call_ids = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name="calls at Vapi")
    deleted_at_vapi = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    delete_at_vapi = models.BooleanField(default=False, help_text="Housekeeping deletes the calls at Vapi too.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Erasure of {self.at:%Y-%m-%d %H:%M} UTC"

    def add_call(self, vapi_id: str) -> None:
        """Notes a call that was heard of only after the erasure: Vapi knows of it, too."""
        unknown = type(self).objects.filter(pk=self.pk).exclude(call_ids__contains=[vapi_id])
        unknown.update(call_ids=models.Func(models.F("call_ids"), models.Value(vapi_id), function="array_append"))

    def left_at_vapi(self) -> list[str]:
        """The ids of the calls of which recording and transcript still lie at Vapi, as far as we know."""
        gone = set(self.deleted_at_vapi)
        return [vapi_id for vapi_id in self.call_ids if vapi_id not in gone]


class Tombstone(models.Model):
    """One id or number of somebody who was erased, as a keyed hash (HMAC-SHA-256, hexadecimal)."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="tombstones")
    mark = models.CharField(max_length=64, db_index=True)

    def __str__(self) -> str:
        return self.mark


class TombstoneKey(models.Model):
    """The key of all marks, one row. It lies beside them so that no change of SECRET_KEY and no restored backup
    can part them: a key that is lost would silently let everybody back in."""

    secret = models.BinaryField()

    def __str__(self) -> str:
        return "the key of all tombstones"

    @classmethod
    def get(cls) -> Self:
        """The one key, made when it is first needed."""
        return cls.objects.get_or_create(pk=1, defaults={"secret": secrets.token_bytes(_SECRET_BYTES)})[0]

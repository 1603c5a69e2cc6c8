"""The keys by which the company's own systems are known. Of a key only its SHA-512 is kept."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager


class Scope(models.TextChoices):
    """What a key may be good for."""

    CUSTOMERS_READ = "customers:read", "read customers"
    CUSTOMERS_WRITE = "customers:write", "create and change customers"
    CUSTOMERS_ERASE = "customers:erase", "erase customers for ever"
    CALLS_READ = "calls:read", "read calls"
    CALLS_START = "calls:start", "start calls"


class ApiKeyManager(BaseAPIKeyManager):
    """Makes keys, and finds them again."""

    def make(self, *, name: str, scopes: list[str], expires_at: datetime | None = None) -> tuple["ApiKey", str]:
        """A new key's record, and the key itself, which nobody can show a second time."""
        record, key = self.create_key(name=name, scopes=sorted(set(scopes)), expiry_date=expires_at)
        assert isinstance(record, ApiKey)
        return record, key

    def usable(self, key: str, *, at: datetime) -> "ApiKey | None":
        """The record of this very key; None where there is none, or it was revoked or had expired at that time."""
        prefix = key.partition(".")[0]
        if "\0" in prefix:
            return None
        record = self.get_usable_keys().filter(prefix=prefix).first()
        if not isinstance(record, ApiKey) or not record.is_valid(key):
            return None
        return record if record.expiry_date is None or record.expiry_date > at else None


class ApiKey(AbstractAPIKey):
    """A key for our own API."""

    scopes = ArrayField(models.CharField(max_length=40, choices=Scope), help_text="What it may be used for.")

    objects: ClassVar[ApiKeyManager] = ApiKeyManager()  # type: ignore[assignment]  # the library names its own

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "API key"
        verbose_name_plural = "API keys"

    def may(self, scope: str) -> bool:
        """Whether it is good for this."""
        return scope in self.scopes

    @property
    def as_author(self) -> str:
        """How histories name what it did."""
        return f"the API key “{self.name}”"

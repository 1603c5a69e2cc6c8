"""What a person's erasure means for pins: those of a number that was his alone go, and staff's log of them."""

from collections.abc import Collection

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from assistants.models import Pin


def forget_pins(numbers: Collection[str]) -> None:
    """Deletes the pins of these numbers and addresses."""
    pins = Pin.objects.filter(number__in=numbers)
    kind = ContentType.objects.get_for_model(Pin)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(pin.pk) for pin in pins]).delete()
    pins.delete()

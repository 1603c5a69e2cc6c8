"""How many changes wait to be published, cheap enough to ask on every page."""

from django.core.cache import cache

from assistants.models import SiteSettings
from assistants.publishing import unpublished_changes

_KEPT_FOR_S = 3600


def count_unpublished() -> int:
    """How many things differ between the draft and what callers hear; one query while nothing changes."""
    revision = SiteSettings.objects.values_list("revision", flat=True).first()
    return cache.get_or_set(f"unpublished-{revision}", lambda: len(unpublished_changes()), _KEPT_FOR_S) or 0

"""What of this package each node copies: the published version, and what acts at once."""

from datetime import datetime, time
from typing import Any

import orjson
from django.conf import settings
from django.utils import timezone

from assistants.calling_hours import CallingHours
from assistants.models import Line, OutboundPolicy, Pin, SiteSettings
from assistants.publishing import latest_version
from assistants.ruleset import Switches
from customers.local_copy.source import CopiedDocument

# More pins than this are a mistake: they are for tests and special cases, and every process holds them.
_MOST_PINS = 100_000
# Triggers count every change of what this app keeps.
_REVISION = "SELECT revision FROM assistants_sitesettings"


def read_published() -> bytes:
    """The latest version's number and document as JSON; number 0 before anything was published."""
    version = latest_version()
    return orjson.dumps(
        {"number": version.number, "document": version.document} if version else {"number": 0, "document": {}}
    )


def read_switches() -> bytes:
    """The emergency switches and pins as JSON; pins that have run out are left out."""
    pins = list(Pin.objects.filter(until__gt=timezone.now()).select_related("variant")[:_MOST_PINS])
    lines = Line.objects.filter(emergency=True).values_list("name", "number", "sip_uri", "vapi_id")
    switches = {
        "emergency": SiteSettings.objects.filter(emergency=True).exists(),
        "emergency_lines": [each for line in lines for each in line if each],
        "pinned_customers": [[pin.customer_id, pin.variant.name, pin.until] for pin in pins if pin.customer_id],
        "pinned_addresses": [[pin.number, pin.variant.name, pin.until] for pin in pins if pin.number],
    }
    return orjson.dumps(switches | {"calling": _calling()})


def _calling() -> dict[str, Any]:
    """When and where we may call; as by default where nobody has set it yet."""
    policy = OutboundPolicy.objects.first() or OutboundPolicy()
    return {
        "quiet": [policy.quiet_from, policy.quiet_until],
        "weekdays": policy.weekdays,
        "countries": policy.countries or [settings.DEFAULT_REGION],
    }


def parse_switches(body: bytes) -> Switches:
    """What read_switches() wrote."""
    read: dict[str, Any] = orjson.loads(body)
    return Switches(
        emergency=read["emergency"],
        emergency_lines=frozenset(read["emergency_lines"]),
        pinned_customers=_pins(read["pinned_customers"]),
        pinned_addresses=_pins(read["pinned_addresses"]),
        calling_hours=_hours(read["calling"]) if "calling" in read else None,  # a file of an older release knows none
        called_countries=frozenset(read.get("calling", {}).get("countries", ())),
    )


def _hours(calling: dict[str, Any]) -> CallingHours:
    quiet_from, quiet_until = map(time.fromisoformat, calling["quiet"])
    return CallingHours(quiet_from, quiet_until, frozenset(calling["weekdays"]))


def _pins(pins: list[tuple[Any, str, str]]) -> dict[Any, tuple[str, datetime]]:
    return {pinned: (variant, datetime.fromisoformat(until)) for pinned, variant, until in pins}


SWITCHES = CopiedDocument("switches", revision=_REVISION, read=read_switches)
PUBLISHED = CopiedDocument("published version", revision=_REVISION, read=read_published)
# In this order: switches before rules.
DOCUMENTS = (SWITCHES, PUBLISHED)

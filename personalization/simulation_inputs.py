"""When a simulated call comes, and the SIP headers it brings, read as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


class InvalidInput(ValueError):
    """What cannot be read; the sentence says what to write instead."""


def read_moment(text: str, zone: str) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show `text` (ISO 8601); now if it is empty.

    An offset of the text's own counts before `zone`. A time that comes twice in autumn is the earlier one.
    Raises InvalidInput.
    """
    if not text:
        return timezone.now().replace(microsecond=0)
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text}” is not a time: write it as 2026-12-24T20:00.") from None
    if not 2000 <= local.year < 2100:
        raise InvalidInput(f"The year {local.year} is none in which anybody calls.")
    if local.tzinfo:
        return local.astimezone(UTC)
    moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise InvalidInput(f"Clocks in {zone} skip {local:%H:%M} on that day: choose another time.")
    return moment


def read_headers(text: str) -> dict[str, str]:
    """SIP headers from lines such as `X-Account: A-7`. Raises InvalidInput."""
    headers = {}
    for position, line in enumerate(text.splitlines(), start=1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if line.strip() and not (name and colon and value):
            raise InvalidInput(f"Line {position}, “{line.strip()}”, is no header: write it as X-Account: A-7.")
        if line.strip() and not name.lower().startswith("x-"):
            raise InvalidInput(f"“{name}” never reaches us: Vapi hands on headers that begin with X- only.")
        if line.strip():
            headers[name] = value
    return headers

"""Which line is which number at Vapi, and what makes a number a line of ours."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q

from assistants.document import draft_document
from assistants.models import Line
from assistants.publishing import CannotPublish, needs_approval, publish, unpublished_changes
from assistants.vapi import Object
from customers.phone_numbers import InvalidNumber, country_of, parse_number, parse_sip_uri


def line_of(number: Object) -> Line | None:
    """Our line for a number as Vapi sends it: by its id, else by its digits or SIP address."""
    by_address = Q(number=_digits(number), number__isnull=False) | Q(sip_uri=_sip_uri(number), sip_uri__isnull=False)
    lines = Line.objects.filter(vapi_id=number["id"]) or Line.objects.filter(by_address)
    return lines.first()


def lines_without_number(numbers: Sequence[Object]) -> list[Line]:
    """Our lines that are no number at Vapi."""
    found = {line.pk for number in numbers if (line := line_of(number))}
    return list(Line.objects.exclude(pk__in=found))


def keep_line(number: Object) -> tuple[Line, int | None]:
    """The line of this number, added or with its id at Vapi, and the version as which that was published.

    None where it waits in the draft: with other changes that nobody asked to publish, or for a second person.
    """
    nothing_waits = not unpublished_changes() and not needs_approval()
    line = line_of(number) or _new_line(number)
    line.vapi_id = number["id"]
    line.save()
    try:
        return line, publish(draft_document(), note=f"Connected {line}").number if nothing_waits else None
    except CannotPublish:
        return line, None


def _new_line(number: Object) -> Line:
    digits = _digits(number)
    region = country_of(digits) or settings.DEFAULT_REGION
    return Line(name=_free_name(number), number=digits, sip_uri=_sip_uri(number), region=region)


def _free_name(number: Object) -> str:
    name = str(number.get("name") or number.get("number") or number.get("sipUri") or number["id"])[:80]
    return f"{name[:50]} ({number['id']})"[:100] if Line.objects.filter(name=name).exists() else name


def _digits(number: Object) -> str | None:
    """In E.164; None for what is none, as on SIP trunks."""
    try:
        return parse_number(str(number.get("number") or ""), settings.DEFAULT_REGION).number
    except InvalidNumber:
        return None


def _sip_uri(number: Object) -> str | None:
    try:
        return parse_sip_uri(str(number.get("sipUri") or ""))
    except InvalidNumber:
        return None

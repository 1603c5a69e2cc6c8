"""May we call this customer of our own accord, and may we at that moment?"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from assistants.calling_hours import CallingHours
from assistants.models import OutboundPolicy
from customers.models import Call, ContactPoint, Customer, StartedCall
from customers.phone_numbers import country_of

_HOUR = timedelta(hours=1)


class NotAllowed(Exception):
    """Nobody is called; the sentence says why. `reason` is one word for programs.

    `next_allowed_at` is when the same may be asked for, None where no time makes it right.
    """

    def __init__(self, reason: str, sentence: str, next_allowed_at: datetime | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.next_allowed_at = next_allowed_at


def check_customer(customer: Customer, *, at: datetime) -> None:
    """Raises NotAllowed where this person is not to be called at all: no consent, an objection, blocked, inactive."""
    if customer.do_not_call:
        raise NotAllowed("do-not-call", "This customer does not want to be called.")
    if not customer.active:
        raise NotAllowed("inactive", "This customer is not active.")
    if customer.blocked:
        raise NotAllowed("blocked", "This customer is blocked.")
    consent = customer.call_consent_at
    if consent is None or consent > at or not customer.call_consent_how:
        sentence = "It is not recorded that this customer agreed to be called: say when and how on the customer's page."
        raise NotAllowed("no-consent", sentence)


def check_country(point: ContactPoint, policy: OutboundPolicy) -> None:
    """Raises NotAllowed where a number is of a country that is not to be called; SIP addresses are of none."""
    if point.kind != ContactPoint.Kind.PHONE:
        return
    country, allowed = country_of(point.value), policy.countries or [settings.DEFAULT_REGION]
    if country not in allowed:
        sentence = f"Numbers of {country or 'no country'} are not called, only those of {', '.join(allowed)}."
        raise NotAllowed("country", sentence)


def check_hours(policy: OutboundPolicy, *, zone: str, due_at: datetime) -> None:
    """Raises NotAllowed where it is quiet in that time zone at that moment."""
    hours = calling_hours(policy)
    if hours.allow(due_at, zone):
        return
    moment = hours.next_allowed(due_at, zone)
    clock = f"{due_at.astimezone(ZoneInfo(zone)):%A %H:%M}"
    when = f"not before {_in_words(moment, zone)}" if moment else "never, as the settings are"
    raise NotAllowed("quiet-hours", f"Where this customer is ({zone}) it is {clock} then: call {when}.", moment)


def check_limits(customer: Customer, policy: OutboundPolicy, *, zone: str, due_at: datetime) -> None:
    """Raises NotAllowed where that hour, or this customer's day, is full. Who calls it holds the policy's row."""
    others = StartedCall.objects.filter(type=Call.Type.OUTBOUND)
    hour = due_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day = datetime.combine(due_at.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
    next_day = datetime.combine(day.date() + timedelta(days=1), time(), ZoneInfo(zone))
    if _count(others.filter(customer=customer), day, next_day) >= policy.most_per_customer:
        sentence = f"This customer was called {policy.most_per_customer} times that day, or is about to be"
        raise _full("daily-limit", sentence, policy, zone, next_day)
    if not policy.most_per_hour:
        raise NotAllowed("hourly-limit", "No calls to customers are allowed at present: the limit per hour is 0.")
    if _count(others, hour, hour + _HOUR) >= policy.most_per_hour:
        sentence = f"The limit of {policy.most_per_hour} calls per hour is reached from {hour:%H:%M} UTC on"
        raise _full("hourly-limit", sentence, policy, zone, hour + _HOUR)


def calling_hours(policy: OutboundPolicy) -> CallingHours:
    """The hours that the settings allow."""
    return CallingHours(policy.quiet_from, policy.quiet_until, frozenset(policy.weekdays))


def _count(calls: QuerySet[StartedCall], since: datetime, until: datetime) -> int:
    return calls.filter(due_at__gte=since, due_at__lt=until).count()


def _full(reason: str, sentence: str, policy: OutboundPolicy, zone: str, free_at: datetime) -> NotAllowed:
    moment = calling_hours(policy).next_allowed(free_at.astimezone(UTC), zone)
    return NotAllowed(reason, f"{sentence}: call not before {_in_words(moment or free_at, zone)}.", moment)


def _in_words(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%A %Y-%m-%d %H:%M} ({zone})"

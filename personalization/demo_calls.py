"""The demo's calls: what callers of the demo's customers talked about over the last days, of all types and outcomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from customers.models import Call, Customer

PREFIX = "demo-call-"
Type, Outcome = Call.Type, Call.Outcome
_US, _UK = "US support", "UK support"
_USD_A_MINUTE = Decimal("0.11")


@dataclass(frozen=True, slots=True)
class Talk:
    """A call: of which customer (by the external id's number; 0: nobody), how long ago, and what came of it."""

    person: int
    hours_ago: float
    outcome: str
    ended_reason: str
    seconds: int
    rule: str
    variant: str
    summary: str = ""
    line: str = _US
    type: str = Type.INBOUND
    number: str = ""
    source: str = "live"
    claimed: bool = False
    success: str = ""


_GOLD, _ELSE, _NEW = ("Gold callers", "VIP desk"), ("Everybody else", "Front desk"), ("Unknown callers", "New callers")
_SPANISH, _LATE = ("Spanish speakers", "Spanish desk"), ("Out of hours", "After hours")
_HUNG_UP, _DONE = (Outcome.HUNG_UP, "customer-ended-call"), (Outcome.ANSWERED, "assistant-ended-call")
_SILENT, _FORWARDED = (Outcome.SILENCE, "silence-timed-out"), (Outcome.TRANSFERRED, "assistant-forwarded-call")
_NOBODY_THERE = (Outcome.NOT_REACHED, "customer-did-not-answer")
_BROKEN = (Outcome.FAILED, "call.in-progress.error-vapifault-openai-llm-failed")
_REJECTED = (Outcome.REJECTED, "assistant-request-returned-invalid-assistant")
_UNKNOWN, _OTHER = "+13035550177", "+441614960188"

TALKS = (
    Talk(1, 2, *_HUNG_UP, 184, *_GOLD, "Ada asked when her order would arrive: on Thursday.", success="true"),
    Talk(0, 3, *_DONE, 96, *_NEW, "A new caller asked for prices and left no name.", number=_UNKNOWN),
    Talk(4, 5, *_DONE, 142, *_ELSE, "Dmitri changed his delivery address.", success="true"),
    Talk(1, 7, *_BROKEN, 31, *_GOLD, "The call broke off before Ada could say what it was about.", success="false"),
    Talk(7, 9, *_FORWARDED, 75, *_GOLD, "Grace was put through to accounts about an invoice.", _UK, success="true"),
    Talk(3, 12, *_HUNG_UP, 211, *_SPANISH, "Carmen preguntó por su factura de junio.", success="true"),
    Talk(0, 20, *_SILENT, 24, *_NEW, number=_UNKNOWN),
    Talk(2, 22, *_NOBODY_THERE, 0, "", "Front desk", type=Type.OUTBOUND),
    Talk(2, 23, *_DONE, 118, "", "Front desk", "Ben was reminded of his renewal and agreed.", type=Type.OUTBOUND),
    Talk(8, 26, *_DONE, 64, *_LATE, "Hugh left a message: please call back about the boiler.", _UK),
    Talk(1, 28, *_DONE, 240, *_GOLD, "Ada compared two plans on the web site.", "", Type.WEB, success="true"),
    Talk(6, 30, *_HUNG_UP, 52, *_ELSE, "Farid asked for opening hours.", success="true"),
    Talk(0, 33, *_HUNG_UP, 12, *_NEW, number=_UNKNOWN, source="last-known"),
    Talk(5, 46, *_HUNG_UP, 167, *_SPANISH, "Elena quería cambiar su cita.", success="false"),
    Talk(10, 49, *_DONE, 93, *_ELSE, "Jun asked for a copy of a receipt.", success="true"),
    Talk(12, 51, *_DONE, 88, *_ELSE, "Somebody who named himself Leo tried the web demo.", "", Type.WEB, claimed=True),
    Talk(9, 54, *_REJECTED, 0, *_ELSE, line=_UK),
    Talk(0, 57, *_FORWARDED, 71, *_NEW, "A caller from Manchester asked for sales.", _UK, number=_OTHER),
    Talk(11, 71, *_HUNG_UP, 133, *_ELSE, "Kate reported a missing parcel.", success="true"),
    Talk(7, 74, *_DONE, 205, *_GOLD, "Grace ordered spare parts.", _UK, success="true"),
    Talk(4, 78, *_SILENT, 28, *_LATE),
    Talk(2, 95, *_HUNG_UP, 301, *_GOLD, "Ben complained about a late delivery; a refund was promised.", success="true"),
    Talk(0, 99, *_HUNG_UP, 45, *_NEW, number=_OTHER, line=_UK),
    Talk(6, 103, *_DONE, 119, *_ELSE, "Farid asked for wholesale prices.", success="true"),
    Talk(3, 120, *_NOBODY_THERE, 0, "", "Spanish desk", type=Type.OUTBOUND),
    Talk(1, 126, *_FORWARDED, 82, *_GOLD, "Ada wanted to speak to a person.", success="true"),
    Talk(8, 145, *_HUNG_UP, 154, *_ELSE, "Hugh asked how to reset his password.", _UK, success="false"),
    Talk(10, 150, *_DONE, 176, *_ELSE, "Jun booked a visit for Friday.", "", Type.WEB, success="true"),
    Talk(5, 170, *_DONE, 97, *_SPANISH, "Elena confirmó su cita.", success="true"),
    Talk(9, 190, *_HUNG_UP, 61, *_LATE, "Imani asked whether the office was open on Saturday.", _UK),
)


def load(*, at: datetime, version: int) -> None:
    """Puts the calls in, as long ago as they say; those that are there already stay."""
    Call.objects.bulk_create(_calls(at, version), ignore_conflicts=True)


def remove() -> int:
    """Takes them out; gives how many there were."""
    return Call.objects.filter(vapi_id__startswith=PREFIX).delete()[0]


def _calls(at: datetime, version: int) -> Iterator[Call]:
    people = Customer.objects.filter(external_id__startswith="demo-").prefetch_related("contact_points")
    known = {customer.external_id: customer for customer in people}
    for position, talk in enumerate(TALKS, start=1):
        yield _call(f"{PREFIX}{position:02}", talk, known.get(f"demo-{talk.person:02}"), at, version)


def _call(vapi_id: str, talk: Talk, customer: Customer | None, at: datetime, version: int) -> Call:
    came_at = at - timedelta(hours=talk.hours_ago)
    ended_at = came_at + timedelta(seconds=talk.seconds)
    numbers = [point.value for point in customer.contact_points.all()] if customer and talk.type != Type.WEB else []
    return Call(
        vapi_id=vapi_id,
        type=talk.type,
        status="ended",
        customer=customer,
        claimed=talk.claimed,
        number=next(iter(numbers), talk.number),
        line=talk.line if talk.type == Type.INBOUND else "",
        created_at=came_at,
        started_at=came_at,
        ended_at=ended_at,
        ended_reason=talk.ended_reason,
        outcome=talk.outcome,
        duration_s=talk.seconds,
        cost=round(_USD_A_MINUTE * talk.seconds / 60, 4),
        summary=talk.summary,
        success=talk.success,
        transcript=_transcript(talk, customer),
        metadata={"customerId": customer.public_id} if customer else {},
        decided_at=came_at,
        reason=f"rule:{talk.rule}" if talk.rule else "",
        rule=talk.rule,
        variant=talk.variant,
        version=version or None,
        source=talk.source,
        latency_ms=1.5 + talk.seconds % 7 / 2,
        reported_at=ended_at,
    )


def _transcript(talk: Talk, customer: Customer | None) -> str:
    if not talk.summary:
        return ""
    name = customer.name if customer else "valued customer"
    return f"AI: Hello {name}, how can I help you?\nUser: Hello. I have a question.\nAI: Of course.\n({talk.summary})"

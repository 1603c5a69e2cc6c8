"""What is told of each answered call: counts in the metrics, its share of the call's record, and a line in the log.

Numbers are masked in the log.
"""

import logging
from typing import Any

from django.utils import timezone

from assistants.decision_ids import number_of
from assistants.incoming import IncomingCall
from assistants.routing import RoutingDecision
from customers.call_news import CallNews
from customers.decided_calls import DecidedCall
from customers.outcomes import NO_ANSWER, NOT_TAKEN
from customers.phone_numbers import masked
from personalization import decision_spool
from personalization.call_messages import moment, stored_id, stored_number, stored_type
from personalization.metrics import ANSWERS_NOT_TAKEN, count_answer

logger = logging.getLogger("personalization.calls")

_LONGEST_ID = 100
_LONGEST_REASON = 200


def note_answer(
    call: IncomingCall, decision: RoutingDecision | None, *, decision_id: str, source: str, seconds: float
) -> None:
    """Tells of a call that was answered within so many seconds; without a decision where something broke.

    Raises nothing: whatever goes wrong here, the caller has an answer.
    """
    try:
        reason = decision.reason if decision else "error"
        count_answer(source=source, reason=reason, seconds=seconds)
        _keep(call, decision, decision_id=decision_id, source=source, seconds=seconds)
        _log(call, decision, reason=reason, source=source, seconds=seconds)
    except Exception:
        logger.exception("call %s was answered, and nothing more can be told of it", call.call_id[:_LONGEST_ID])


def note_end(news: CallNews) -> None:
    """Warns where Vapi says that our answer was no use to it, or not there in time; of other ends it says nothing.

    Why, in Vapi's words, stands in Vapi's own log of the call: they may repeat what we said of the customer.
    """
    if news.ended_reason in NOT_TAKEN or news.ended_reason == NO_ANSWER:
        ANSWERS_NOT_TAKEN.labels(news.ended_reason).inc()
        logger.warning("call %s: Vapi did not take our answer (%s)", news.vapi_id[:_LONGEST_ID], news.ended_reason)


def _keep(
    call: IncomingCall, decision: RoutingDecision | None, *, decision_id: str, source: str, seconds: float
) -> None:
    at = decision.facts.at if decision else timezone.now()
    if vapi_id := stored_id(call):  # else there is no call whose record it could be
        decision_spool.keep(
            DecidedCall(
                vapi_id=vapi_id,
                created_at=moment(call.created_at) or at,
                decided_at=at,
                type=stored_type(call),
                decision_id=number_of(decision_id),
                source=source,
                latency_ms=round(seconds * 1000, 2),
                **(_share(decision) if decision else {"reason": "error"}),
            )
        )


def _share(decision: RoutingDecision) -> dict[str, Any]:
    caller, variant = decision.facts.caller, decision.variant
    return {
        "customer": caller.customer.pk if caller.customer else None,
        "number": stored_number(caller.address),
        "line": decision.facts.line or "",
        "reason": decision.reason[:_LONGEST_REASON],
        "rule": decision.rule or "",
        "variant": variant.name if variant else "",
        "version": decision.version,
    }


def _log(call: IncomingCall, decision: RoutingDecision | None, *, reason: str, source: str, seconds: float) -> None:
    logger.info(
        {
            "call": call.call_id[:_LONGEST_ID],
            "reason": reason,
            "source": source,
            "ms": round(seconds * 1000, 2),
            **(_decided(decision) if decision else {}),
        }
    )


def _decided(decision: RoutingDecision) -> dict[str, str | int | None]:
    address = decision.facts.caller.address
    return {
        "caller": "withheld" if address.withheld else masked(address.shown),
        "line": decision.facts.line,
        "rule": decision.rule,
        "variant": decision.variant.name if decision.variant else None,
        "version": decision.version,
    }

"""What is told of each answered call: a line in the log and the counts in the metrics. Numbers are masked."""

import logging

from assistants.routing import RoutingDecision
from customers.phone_numbers import masked
from personalization.metrics import count_answer

logger = logging.getLogger("personalization.calls")

_LONGEST_ID = 100


def note_answer(*, call_id: str, decision: RoutingDecision | None, source: str, seconds: float) -> None:
    """Tells of a call that was answered within so many seconds; without a decision where something broke.

    Raises nothing: whatever goes wrong here, the caller has an answer.
    """
    try:
        _note(call_id=call_id, decision=decision, source=source, seconds=seconds)
    except Exception:
        logger.exception("call %s was answered, and nothing more can be told of it", call_id[:_LONGEST_ID])


def _note(*, call_id: str, decision: RoutingDecision | None, source: str, seconds: float) -> None:
    reason = decision.reason if decision else "error"
    count_answer(source=source, reason=reason, seconds=seconds)
    logger.info(
        {
            "call": call_id[:_LONGEST_ID],
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

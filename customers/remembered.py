"""What is remembered of a customer's calls, for the next one: as the copy holds it, and as decisions read it.

Remembered are calls that have ended, of whatever type, of customers who have not objected. Never calls with somebody
who was only claimed to be the customer, nor from a number that somebody else has too: who spoke there is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_CALLS = 50
_LONGEST = 500
# An assistant's analysis fills it in (docs/remembering-and-transferring.md), under the name that its author chose.
_PROMISE = "coalesce(structured_data -> 'openPromise', structured_data -> 'open_promise')"
_NO_PROMISE = {"", "no", "none"}  # what a model says that was asked for a promise where there was none


@dataclass(frozen=True, slots=True)
class CallHistory:
    """A customer's calls: when each of the last MOST_CALLS began, newest first, and how and when the last one ended.

    `last_outcome` is in our words (Call.Outcome), `last_ended_reason` in Vapi's. `last_summary` and `last_promise`
    are what another model wrote of it, at most 500 characters each.
    """

    began_at: tuple[datetime, ...] = ()
    last_ended_at: datetime | None = None
    last_outcome: str = ""
    last_ended_reason: str = ""
    last_summary: str = ""
    last_promise: str = ""

    def as_of(self, at: datetime) -> "CallHistory":
        """The same without what came later than `at`: of earlier calls it is then known only when they began.

        So a past call that is judged anew does not count itself.
        """
        if self.last_ended_at is None or self.last_ended_at <= at:
            return self
        return CallHistory(tuple(began for began in self.began_at if began < at.replace(microsecond=0)))


NO_HISTORY = CallHistory()

# Whole seconds, rounded down: a call that has just ended has not ended in the future.
# To stand behind `customers_customer AS customer`; read_history() reads `remembered.calls` (JSON) and
# `remembered.promise` (text), or NULL.
JOIN_REMEMBERED = f"""
    LEFT JOIN LATERAL (
        SELECT json_build_array(
                   (array_agg(ended))[1], (array_agg(outcome))[1], (array_agg(ended_reason))[1],
                   (array_agg(summary))[1], array_agg(began)
               ) AS calls,
               (array_agg(promise))[1] AS promise
          FROM (
              SELECT floor(date_part('epoch', created_at))::bigint AS began,
                     floor(date_part('epoch', ended_at))::bigint AS ended,
                     outcome, ended_reason, left(summary, {_LONGEST}) AS summary,
                     CASE jsonb_typeof({_PROMISE}) WHEN 'string' THEN left({_PROMISE} #>> '{{}}', {_LONGEST}) END
                         AS promise
                FROM customers_call AS call
               WHERE call.customer_id = customer.id AND NOT call.claimed
                 AND isfinite(call.created_at) AND isfinite(call.ended_at)
                 AND NOT EXISTS (
                     SELECT FROM customers_contactpoint AS other
                      WHERE other.value = call.number AND other.customer_id <> call.customer_id
                 )
               ORDER BY call.created_at DESC
               LIMIT {MOST_CALLS}
          ) AS newest
        HAVING count(*) > 0
    ) AS remembered ON customer.remember_calls
"""


def read_history(calls: Sequence[Any] | None, promise: str | None) -> CallHistory:
    """What JOIN_REMEMBERED found; nothing where there is nothing."""
    if not calls:
        return NO_HISTORY
    ended, outcome, reason, summary, began = calls
    try:
        return CallHistory(tuple(map(_moment, began)), _moment(ended), outcome, reason, summary, _promise(promise))
    except (ValueError, OverflowError):  # years that only SQL by hand can store
        return NO_HISTORY


def _promise(text: str | None) -> str:
    words = (text or "").strip()
    return "" if words.rstrip(".").casefold() in _NO_PROMISE else words


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""What we answered to calls, and why: stored by the hundred, in a few statements, whatever else is known by then."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from customers import tombstones
from customers.models import OWN_ID_PREFIX


class DecidedCall(NamedTuple):
    """One answer's share of a call's record. `customer` is the row's number; empty text and None: nothing is known."""

    vapi_id: str
    created_at: datetime
    decided_at: datetime
    type: str
    customer: int | None = None
    number: str = ""
    line: str = ""
    decision_id: str = ""
    reason: str = ""
    rule: str = ""
    variant: str = ""
    version: int | None = None
    source: str = ""
    latency_ms: float | None = None

    def bare(self) -> "DecidedCall":
        """The same without all that is personal."""
        return self._replace(customer=None, number="")


def to_json(decisions: Iterable[DecidedCall]) -> bytes:
    """As a file keeps them."""
    return orjson.dumps({"names": DecidedCall._fields, "rows": [tuple(each) for each in decisions]})


def from_json(text: bytes) -> list[DecidedCall]:
    """What `to_json` wrote, in this release or another; nothing where a power cut left nothing.

    Raises ValueError, TypeError or KeyError for anything else.
    """
    batch = orjson.loads(text) if text else {"names": [], "rows": []}
    is_ours = tuple(batch["names"]) == DecidedCall._fields
    return [_decided_call(*(row if is_ours else _translated(batch["names"], row))) for row in batch["rows"]]


def store(decisions: Sequence[DecidedCall]) -> None:
    """Adds them to their calls' records; storing them again, or in another order, ends in the same rows.

    Of several answers to one call the latest counts: that one the caller hears. Raises database errors.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for each_call_once in _rounds(_without_erased(decisions)):
            rows = [decision._asdict() for decision in each_call_once]
            cursor.execute(_STORE, [orjson.dumps(rows).decode()])


def _decided_call(vapi_id: str, created_at: str, decided_at: str, *others: Any) -> DecidedCall:
    return DecidedCall(vapi_id, datetime.fromisoformat(created_at), datetime.fromisoformat(decided_at), *others)


def _translated(names: Sequence[str], row: Sequence[Any]) -> list[Any]:
    """Another release's row as this one has it: what it does not know left out, what that did not know by default."""
    told = dict(zip(names, row, strict=True))
    return [told[name] if name in told else DecidedCall._field_defaults[name] for name in DecidedCall._fields]


def _rounds(decisions: Sequence[DecidedCall]) -> Iterator[list[DecidedCall]]:
    """The decisions in groups in which each call stands once: so PostgreSQL's ON CONFLICT demands it."""
    while decisions:
        once = {decision.vapi_id: decision for decision in decisions}
        yield sorted(once.values(), key=lambda decision: decision.vapi_id)  # locked in one order: no deadlock
        decisions = [decision for decision in decisions if once[decision.vapi_id] is not decision]


def _without_erased(decisions: Sequence[DecidedCall]) -> list[DecidedCall]:
    """The decisions, bare where somebody was erased since the call began whose call it was."""
    erased = tombstones.latest_erasures(
        ids=[_own_id(each.customer) for each in decisions if each.customer],
        numbers=[each.number for each in decisions if each.number],
    )

    def is_erased(decision: DecidedCall) -> bool:
        names = (tombstones.ID + _own_id(decision.customer or 0), tombstones.NUMBER + decision.number)
        return any(erased[name] >= decision.created_at for name in names if name in erased)

    return [each.bare() if erased and is_erased(each) else each for each in decisions]


def _own_id(customer: int) -> str:
    return f"{OWN_ID_PREFIX}{customer}"


_ANSWER = ("decided_at", "decision_id", "reason", "rule", "variant", "version", "source", "latency_ms")
_IS_LATEST = "(call.decided_at IS NULL OR excluded.decided_at >= call.decided_at)"
# A customer who was merged since is found by the id that he had; one who was erased, not at all.
_STORE = f"""
    INSERT INTO customers_call AS call (
        vapi_id, created_at, type, customer_id, number, line, {", ".join(_ANSWER)},
        status, ended_reason, outcome, summary, success, transcript, has_recording, metadata
    )
    SELECT vapi_id, created_at, type, coalesce(
               (SELECT id FROM customers_customer WHERE id = customer),
               (SELECT customer_id FROM customers_customeralias WHERE public_id = '{OWN_ID_PREFIX}' || customer)
           ), number, line, {", ".join(_ANSWER)},
           '', '', '', '', '', '', false, '{{}}'
      FROM json_to_recordset(%s) AS decided (
        vapi_id text, created_at timestamptz, type text, customer bigint, number text, line text,
        decided_at timestamptz, decision_id text, reason text, rule text, variant text, version integer, source text,
        latency_ms double precision
      )
    ON CONFLICT (vapi_id) DO UPDATE SET
        created_at = least(call.created_at, excluded.created_at),
        type = CASE WHEN excluded.type = 'other' THEN call.type ELSE excluded.type END,
        customer_id = CASE
            WHEN call.erased_at IS NOT NULL THEN NULL
            WHEN call.claimed OR {_IS_LATEST} THEN coalesce(excluded.customer_id, call.customer_id)
            ELSE coalesce(call.customer_id, excluded.customer_id)
        END,
        claimed = call.claimed AND excluded.customer_id IS NULL,
        number = CASE WHEN call.number = '' AND call.erased_at IS NULL THEN excluded.number ELSE call.number END,
        line = coalesce(nullif(excluded.line, ''), call.line),
        {", ".join(f"{name} = CASE WHEN {_IS_LATEST} THEN excluded.{name} ELSE call.{name} END" for name in _ANSWER)},
        updated_at = now()
"""

"""Generated calls: as many rows as wanted, evenly over the last days, of customers whom bench/people.py makes."""

from typing import Any, Protocol

DAYS = 100
LINES, RULES = 5, 20
# One call in so many is of a customer we know.
_KNOWN_OF_TEN = 7
RARE, OLD = "Rare rule", "Old rule"

_INSERT = f"""
    INSERT INTO customers_call (
        vapi_id, type, status, customer_id, claimed, number, line, started_at, ended_at, ended_reason, outcome,
        duration_s, cost, summary, success, structured_data, transcript, has_recording, metadata,
        decision_id, decided_at, reason, rule, variant, version, source, latency_ms, reported_at, created_at, updated_at
    )
    SELECT 'bench-' || n,
           CASE WHEN n %% 50 = 0 THEN 'outbound' WHEN n %% 10 = 0 THEN 'web' ELSE 'inbound' END,
           'ended',
           CASE WHEN n %% 10 < {_KNOWN_OF_TEN} THEN 1 + n %% %(people)s END,
           n %% 5000 = 0,
           '+1' || (2012000000 + CASE WHEN n %% 10 < {_KNOWN_OF_TEN} THEN n %% %(people)s ELSE 500000000 + n END),
           'Line ' || n %% {LINES},
           at, at + interval '90 s',
           CASE WHEN n %% 997 = 0 THEN 'pipeline-error-openai-llm-failed' WHEN n %% 3 = 0 THEN 'assistant-ended-call'
                WHEN n %% 7 = 0 THEN 'silence-timed-out' ELSE 'customer-ended-call' END,
           CASE WHEN n %% 997 = 0 THEN 'failed' WHEN n %% 3 = 0 THEN 'answered'
                WHEN n %% 7 = 0 THEN 'silence' ELSE 'hung-up' END,
           30 + n %% 300, 0.05 + n %% 90 / 100.0, repeat('The caller asked about an order. ', 5),
           CASE WHEN n %% 4 = 0 THEN 'false' ELSE 'true' END,
           jsonb_build_object('topic', 'order ' || n %% 1000),
           repeat('User: where is my order ' || n || '? AI: it is on its way. ', 50), n %% 2 = 0,
           jsonb_build_object('customerId', 'c' || n %% %(people)s, 'orderId', n::text, 'shop', n %% 40),
           md5(n::text), at, 'rule:' || rule, rule, 'Variant ' || substr(md5(rule), 1, 1), 1 + n * 30 / %(calls)s,
           CASE WHEN n %% 1009 = 0 THEN 'last-known' ELSE 'live' END, 1 + n %% 7, at + interval '95 s', at, at
      FROM (
            SELECT n, now() - (%(calls)s - n) * interval '{DAYS} days' / %(calls)s AS at,
                   CASE WHEN n %% 99991 = 0 THEN '{RARE}' WHEN n < %(calls)s / 20 THEN '{OLD}'
                        ELSE 'Rule ' || n %% {RULES} END AS rule
              FROM generate_series(1::bigint, %(calls)s) AS n
           ) AS each
"""


class Connection(Protocol):
    """What runs SQL: psycopg's connections and Django's cursors."""

    def execute(self, query: Any, params: Any = None) -> object:
        """Runs it."""


def insert_calls(connection: Connection, *, calls: int, people: int) -> None:
    """Adds that many calls, the newest just now; of `people` customers, whose ids count from 1."""
    connection.execute(_INSERT, {"calls": calls, "people": people})

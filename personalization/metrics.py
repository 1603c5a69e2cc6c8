"""What this process counts while it serves. node_metrics.py adds up the processes of a node.

Counts live in memory, not in mapped files, which end a process that writes to them on a full disk. Labels come from
short fixed lists: nothing of callers stands in them, nor what staff call their rules.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from personalization import rotation

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()

ANSWERS = Counter(
    "personalization_answers",
    "Calls answered, by the rung of the ladder (X-Answer-Source) and by the kind of reason.",
    ["source", "reason"],
    registry=REGISTRY,
)
DECISION_SECONDS = Histogram(
    "personalization_decision_seconds",
    "How long deciding a call and writing the answer took.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
    registry=REGISTRY,
)
MESSAGES = Counter(
    "personalization_webhook_messages",
    "Messages at the webhook, by Vapi's type and by the HTTP status of the answer.",
    ["type", "status"],
    registry=REGISTRY,
)
LOG_LINES_DROPPED = Counter(
    "personalization_log_lines_dropped",
    "Log lines that were not written, because nobody takes what was written before.",
    registry=REGISTRY,
)
DECISIONS_DROPPED = Counter(
    "personalization_decisions_dropped",
    "Answers that calls' records will lack, because the disk takes nothing or not fast enough.",
    registry=REGISTRY,
)
ANSWERS_NOT_TAKEN = Counter(
    "personalization_answers_not_taken",
    "Messages in which Vapi says that it could not use our answer to a call, or got none in time, by Vapi's reason.",
    ["ended_reason"],
    registry=REGISTRY,
)
DUTY_DONE = Gauge(
    "personalization_duty_last_done_timestamp_seconds",
    "When a duty of housekeeping's was last done, on any machine.",
    ["duty"],
    registry=REGISTRY,
)

_TYPES = frozenset(
    {
        *("assistant-request", "end-of-call-report", "status-update", "tool-calls", "function-call"),
        *("transfer-destination-request", "handoff-destination-request", "knowledge-base-request"),
        *("campaign.predial", "conversation-update", "speech-update", "transcript", "hang", "model-output"),
        *("phone-call-control", "transfer-update", "user-interrupted", "voice-input", "voice-request"),
        *("language-change-detected", "assistant.started", "call.endpointing.request"),
    }
)
_UNREAD = "unread"


def count_answer(*, source: str, reason: str, seconds: float) -> None:
    """Counts one answered call; `reason` as in X-Decision, of which the part before a colon counts."""
    ANSWERS.labels(source, reason.partition(":")[0]).inc()
    DECISION_SECONDS.observe(seconds)


def count_message(*, kind: str, status: int) -> None:
    """Counts one message; `kind` is Vapi's type, empty where the message was not read so far."""
    MESSAGES.labels(kind if kind in _TYPES else "other" if kind else _UNREAD, str(status)).inc()


class _Secrets(Collector):
    """Which secrets Vapi still uses: what rotation.py remembers."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One gauge, with a sample for each secret that this process has accepted."""
        gauge = GaugeMetricFamily(
            "personalization_webhook_secret_last_used_timestamp_seconds",
            "When a webhook secret was last accepted; position 1 is the newest in the setting.",
            labels=["kind", "position"],
        )
        for (kind, position), at in sorted(rotation.last_used.items()):
            gauge.add_metric([kind, str(position)], at)
        return [gauge]


REGISTRY.register(_Secrets())

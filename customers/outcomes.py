"""How a call ended, in our words, from the hundreds of reasons in which Vapi says it.

The reasons are those of `endedReason` in Vapi's OpenAPI (627 in August 2026, and they become more): most are errors of
one provider or another, told by their words; the others stand here by name or by how they begin.
"""

from django.db.models import TextChoices


class Outcome(TextChoices):
    """How a call ended, in our words: what Vapi's hundreds of reasons come to."""

    ANSWERED = "answered", "answered, and ended by the assistant"
    HUNG_UP = "hung-up", "the customer hung up"
    SILENCE = "silence", "nobody spoke"
    TRANSFERRED = "transferred"
    NOT_REACHED = "not-reached", "nobody picked up"
    FAILED = "failed"
    REJECTED = "rejected", "Vapi rejected our answer"


# What Vapi says where it could do nothing with our answer to its assistant request.
NOT_TAKEN = frozenset(
    {
        "assistant-request-returned-unspeakable-error",
        "assistant-request-returned-invalid-assistant",
        "assistant-request-returned-no-assistant",
        "assistant-not-found",
        "assistant-not-valid",
        "call.start.assistant-version-error-validation",
    }
)
# Where it got none in time; whether it was ours to give, only the network between us knows.
NO_ANSWER = "assistant-request-failed"

_BY_NAME = {
    **dict.fromkeys(NOT_TAKEN, Outcome.REJECTED),
    "assistant-request-returned-error": Outcome.ANSWERED,  # by the sentence with which we refused the call
    "assistant-request-returned-forwarding-phone-number": Outcome.TRANSFERRED,
    "assistant-forwarded-call": Outcome.TRANSFERRED,
    "call.ringing.hook-executed-transfer": Outcome.TRANSFERRED,
    "call.ending.hook-executed-transfer": Outcome.TRANSFERRED,
    "call.ringing.hook-executed-say": Outcome.ANSWERED,
    "call.ending.hook-executed-say": Outcome.ANSWERED,
    "exceeded-max-duration": Outcome.ANSWERED,
    "silence-timed-out": Outcome.SILENCE,
    "call.in-progress.error-assistant-did-not-receive-customer-audio": Outcome.SILENCE,
    # The line was closed from the caller's side.
    "call.in-progress.twilio-completed-call": Outcome.HUNG_UP,
    "call.in-progress.sip-completed-call": Outcome.HUNG_UP,
    "call.ringing.sip-inbound-caller-hungup-before-call-connect": Outcome.HUNG_UP,
    "vonage-completed": Outcome.HUNG_UP,
    "customer-busy": Outcome.NOT_REACHED,
    "customer-did-not-answer": Outcome.NOT_REACHED,
    "voicemail": Outcome.NOT_REACHED,
    "vonage-rejected": Outcome.NOT_REACHED,
    "twilio-reported-customer-misdialed": Outcome.NOT_REACHED,
    "call.in-progress.error-providerfault-outbound-sip-408-request-timeout": Outcome.NOT_REACHED,
    "call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable": Outcome.NOT_REACHED,
    "assistant-join-timed-out": Outcome.FAILED,
    "call.forwarding.no-answer": Outcome.FAILED,
    "call.forwarding.operator-busy": Outcome.FAILED,
    "customer-did-not-give-microphone-permission": Outcome.FAILED,
    "phone-call-provider-bypass-enabled-but-no-call-received": Outcome.FAILED,
    "phone-call-provider-closed-websocket": Outcome.FAILED,
    "vonage-disconnected": Outcome.FAILED,
    "worker-shutdown": Outcome.FAILED,
}
_BY_BEGINNING = {
    "assistant-ended-call": Outcome.ANSWERED,
    "assistant-said-": Outcome.ANSWERED,
    "customer-ended-call": Outcome.HUNG_UP,
}
_ERRORS = ("error", "fail", "fault")


def outcome_of(ended_reason: str) -> str:
    """One of Outcome; empty for a reason that says nothing of it, as for calls that were cancelled or deleted."""
    if outcome := _BY_NAME.get(ended_reason):
        return outcome.value
    for beginning, outcome in _BY_BEGINNING.items():
        if ended_reason.startswith(beginning):
            return outcome.value
    return Outcome.FAILED.value if any(word in ended_reason for word in _ERRORS) else ""

"""How a call ended, in our words, from the hundreds of reasons in which Vapi says it.

The reasons are those of `endedReason` in Vapi's OpenAPI (627 in August 2026, and they become more): most are errors of
one provider or another, told by their words; the others stand here by name or by how they begin.
"""

from customers.models import Call

_Outcome = Call.Outcome
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
    **dict.fromkeys(NOT_TAKEN, _Outcome.REJECTED),
    "assistant-request-returned-error": _Outcome.ANSWERED,  # by the sentence with which we refused the call
    "assistant-request-returned-forwarding-phone-number": _Outcome.TRANSFERRED,
    "assistant-forwarded-call": _Outcome.TRANSFERRED,
    "call.ringing.hook-executed-transfer": _Outcome.TRANSFERRED,
    "call.ending.hook-executed-transfer": _Outcome.TRANSFERRED,
    "call.ringing.hook-executed-say": _Outcome.ANSWERED,
    "call.ending.hook-executed-say": _Outcome.ANSWERED,
    "exceeded-max-duration": _Outcome.ANSWERED,
    "silence-timed-out": _Outcome.SILENCE,
    "call.in-progress.error-assistant-did-not-receive-customer-audio": _Outcome.SILENCE,
    # The line was closed from the caller's side.
    "call.in-progress.twilio-completed-call": _Outcome.HUNG_UP,
    "call.in-progress.sip-completed-call": _Outcome.HUNG_UP,
    "call.ringing.sip-inbound-caller-hungup-before-call-connect": _Outcome.HUNG_UP,
    "vonage-completed": _Outcome.HUNG_UP,
    "customer-busy": _Outcome.NOT_REACHED,
    "customer-did-not-answer": _Outcome.NOT_REACHED,
    "voicemail": _Outcome.NOT_REACHED,
    "vonage-rejected": _Outcome.NOT_REACHED,
    "twilio-reported-customer-misdialed": _Outcome.NOT_REACHED,
    "call.in-progress.error-providerfault-outbound-sip-408-request-timeout": _Outcome.NOT_REACHED,
    "call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable": _Outcome.NOT_REACHED,
    "assistant-join-timed-out": _Outcome.FAILED,
    "call.forwarding.no-answer": _Outcome.FAILED,
    "call.forwarding.operator-busy": _Outcome.FAILED,
    "customer-did-not-give-microphone-permission": _Outcome.FAILED,
    "phone-call-provider-bypass-enabled-but-no-call-received": _Outcome.FAILED,
    "phone-call-provider-closed-websocket": _Outcome.FAILED,
    "vonage-disconnected": _Outcome.FAILED,
    "worker-shutdown": _Outcome.FAILED,
}
_BY_BEGINNING = {
    "assistant-ended-call": _Outcome.ANSWERED,
    "assistant-said-": _Outcome.ANSWERED,
    "customer-ended-call": _Outcome.HUNG_UP,
}
_ERRORS = ("error", "fail", "fault")


def outcome_of(ended_reason: str) -> str:
    """One of Call.Outcome; empty for a reason that says nothing of it, as for calls that were cancelled or deleted."""
    if outcome := _BY_NAME.get(ended_reason):
        return outcome.value
    for beginning, outcome in _BY_BEGINNING.items():
        if ended_reason.startswith(beginning):
            return outcome.value
    return _Outcome.FAILED.value if any(word in ended_reason for word in _ERRORS) else ""

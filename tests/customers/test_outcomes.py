"""Vapi's reasons why calls ended, in our few words."""

import pytest

from customers.models import Call
from customers.outcomes import NO_ANSWER, NOT_TAKEN, outcome_of


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("assistant-ended-call-with-hangup-task", "answered"),
        ("assistant-said-end-call-phrase", "answered"),
        ("assistant-request-returned-error", "answered"),
        ("customer-ended-call", "hung-up"),
        ("customer-ended-call-during-transfer", "hung-up"),
        ("silence-timed-out", "silence"),
        ("assistant-forwarded-call", "transferred"),
        ("assistant-request-returned-forwarding-phone-number", "transferred"),
        ("customer-did-not-answer", "not-reached"),
        ("voicemail", "not-reached"),
        ("assistant-request-returned-invalid-assistant", "rejected"),
        ("assistant-request-failed", "failed"),
        ("pipeline-error-openai-llm-failed", "failed"),
        ("call.in-progress.error-vapifault-worker-died", "failed"),
        ("call.start.error-get-assistant", "failed"),
        ("twilio-failed-to-connect-call", "failed"),
        ("some-error-of-next-year", "failed"),
        ("manually-canceled", ""),
        ("something-of-next-year", ""),
        ("", ""),
    ],
)
def test_each_reason_has_one_outcome(reason: str, outcome: str) -> None:
    assert outcome_of(reason) == outcome


def test_only_an_answer_that_vapi_could_not_use_counts_as_rejected() -> None:
    assert {outcome_of(reason) for reason in NOT_TAKEN} == {Call.Outcome.REJECTED}
    assert outcome_of(NO_ANSWER) == Call.Outcome.FAILED

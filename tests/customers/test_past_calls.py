"""The calls that came in last."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Call
from customers.past_calls import PastCall, last_inbound_calls

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_inbound_calls_come_latest_first() -> None:
    for minute, kind in enumerate(["inbound", "outbound", "web", "inbound", "other", "inbound"]):
        at = NOON + timedelta(minutes=minute)
        Call.objects.create(vapi_id=str(minute), type=kind, number=f"+1303555010{minute}", line="Help", created_at=at)
    assert last_inbound_calls(most=2) == [
        PastCall("+13035550105", "Help", NOON + timedelta(minutes=5)),
        PastCall("+13035550103", "Help", NOON + timedelta(minutes=3)),
    ]
    assert len(last_inbound_calls(most=200)) == 3


def test_who_was_erased_is_not_taken_for_somebody_who_withheld_the_number() -> None:
    Call.objects.create(vapi_id="erased", type="inbound", created_at=NOON, erased_at=NOON)
    Call.objects.create(vapi_id="withheld", type="inbound", created_at=NOON)
    assert last_inbound_calls(most=200) == [PastCall("", "", NOON)]

"""A call that is planned at Vapi is taken back where the customer may not be called any more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistants.planned_calls import is_wanted, take_back
from customers.duties import NotDone
from customers.models import Call, Customer, StartedCall
from tests.vapi_fake import Answer, FakeVapi

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)


@pytest.fixture
def planned(ada: Customer, vapi: FakeVapi) -> StartedCall:
    """For tomorrow; Ada agreed to be called."""
    Customer.objects.update(call_consent_at=NOW, call_consent_how="ticked at sign-up")
    call = Call.objects.create(vapi_id=vapi.add("call")["id"], customer=ada, type="outbound", status="scheduled")
    due_at, decided = NOW + timedelta(days=1), {"decision_id": "d1", "version": 1, "created_at": NOW}
    return StartedCall.objects.create(
        customer=ada, type="outbound", vapi_id=call.vapi_id, due_at=due_at, key="k", **decided
    )


def test_who_may_be_called_is_called(planned: StartedCall) -> None:
    assert not is_wanted(at=NOW)
    assert [step.sentence for step in take_back(at=NOW)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"do_not_call": True},
        {"active": False},
        {"blocked": True},
        {"call_consent_at": None, "call_consent_how": ""},
    ],
)
def test_who_may_not_any_more_is_not(planned: StartedCall, vapi: FakeVapi, change: dict[str, Any]) -> None:
    Customer.objects.update(**change)
    assert is_wanted(at=NOW)
    assert [step.sentence for step in take_back(at=NOW)] == ["1 call taken back."]
    assert vapi.kept["call"] == []
    call = Call.objects.get()
    assert (call.status, call.ended_reason, call.ended_at) == ("ended", "scheduled-call-deleted", None)
    assert not StartedCall.objects.exists()
    assert not is_wanted(at=NOW)


def test_what_has_begun_is_left_alone(planned: StartedCall, vapi: FakeVapi) -> None:
    Customer.objects.update(do_not_call=True)
    assert not is_wanted(at=planned.due_at)
    StartedCall.objects.update(vapi_id="")
    assert not is_wanted(at=NOW)


def test_one_that_is_gone_at_vapi_is_taken_back(planned: StartedCall, vapi: FakeVapi) -> None:
    Customer.objects.update(do_not_call=True)
    vapi.kept["call"].clear()
    assert [step.count for step in take_back(at=NOW)] == [1]


def test_what_vapi_refuses_is_said_and_tried_again(planned: StartedCall, vapi: FakeVapi) -> None:
    Customer.objects.update(do_not_call=True)
    vapi.next_answers = [Answer(400, {"message": "not now"})]
    with pytest.raises(NotDone, match="did not delete a planned call"):
        list(take_back(at=NOW))
    assert [step.count for step in take_back(at=NOW)] == [1]

"""Before Vapi dials somebody of a campaign it asks us: only who agreed to be called is called."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from assistants.models import OutboundPolicy
from customers import directory
from customers.models import Customer
from tests.conftest import customer, post

ADA = "+13035550101"


def eligible(number: Any = ADA, *, key: str = "contact") -> bool:
    message = {"type": "campaign.predial", "campaignId": "camp-1", key: {"id": "contact-1", "number": number}}
    answer = post({"message": message})
    assert (answer.status, [*answer.json]) == (200, ["eligible"])
    assert isinstance(answer.json["eligible"], bool)
    return bool(answer.json["eligible"])


@pytest.fixture
def agreed(ada: Customer) -> Customer:
    """Ada agreed to be called, at whatever hour."""
    OutboundPolicy.objects.create(pk=1, quiet_from=time(8), quiet_until=time(8))
    consent = {"call_consent_at": datetime(2026, 1, 1, tzinfo=UTC), "call_consent_how": "said on the phone"}
    Customer.objects.update(timezone="America/Denver", **consent)
    return ada


@pytest.mark.parametrize("key", ["contact", "customer"])
def test_who_agreed_is_called(agreed: Customer, key: str) -> None:
    assert eligible(key=key)
    assert eligible("(303) 555-0101", key=key)


def test_without_consent_nobody_is_called(agreed: Customer) -> None:
    Customer.objects.update(call_consent_at=None, call_consent_how="")
    assert not eligible()


def test_settings_act_on_saving(agreed: Customer) -> None:
    OutboundPolicy.objects.update(weekdays=[])
    assert not eligible()
    OutboundPolicy.objects.update(weekdays=[*range(7)], countries=["CA"])
    assert not eligible()


@pytest.mark.parametrize("change", [{"do_not_call": True}, {"active": False}, {"blocked": True}])
def test_some_are_not_called_whatever_they_agreed_to(change: dict[str, bool], agreed: Customer) -> None:
    Customer.objects.update(**change)
    assert not eligible()


@pytest.mark.parametrize("number", ["+13035550199", "", None, "anonymous", 5, {}, []])
def test_nobody_unknown_is_called(number: Any, agreed: Customer) -> None:
    assert not eligible(number)


def test_who_shares_a_number_is_not_called(agreed: Customer) -> None:
    customer("c002", "Bob", ADA)
    assert not eligible()


def test_in_doubt_nobody_is_called(agreed: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "copy_age", lambda: 60.0)
    assert not eligible()
    monkeypatch.setattr(directory, "copy_age", lambda: 0.0)
    monkeypatch.setattr(directory, "_from_copy", lambda _: 1 / 0)
    assert not eligible()

"""An assistant that asks where to transfer the call is answered by the rules, of which only transfers count."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assistants import live
from assistants.models import AssistantVariant, Line, Pin, RoutingRule, Share, SiteSettings
from customers import directory
from customers.models import Customer
from personalization.transfer_requests import NOBODY
from tests.conftest import call_from, post, rule

BILLING, SALES = "+13035550150", "+13035550160"


@pytest.fixture
def billing(db: None) -> AssistantVariant:
    return AssistantVariant.objects.create(name="Billing", kind="transfer", transfer_to=BILLING)


@pytest.fixture
def sales(db: None) -> AssistantVariant:
    return AssistantVariant.objects.create(name="Sales", kind="transfer", transfer_to=SALES)


def destination(number: str = "+13035550101", **call: Any) -> str:
    """Where this caller's assistant shall transfer the call; else the error's sentence."""
    asked = {"id": "call-1", "type": "inboundPhoneCall", "customer": {"number": number}, **call}
    answer = post(
        {"message": {"type": "transfer-destination-request", "call": asked, "phoneNumber": {"number": "+13035550190"}}}
    )
    assert answer.status == 200
    [(what, value)] = answer.json.items()
    return str(value["number"] if what == "destination" else value)


def test_the_first_rule_that_transfers_says_where(
    ada: Customer, billing: AssistantVariant, sales: AssistantVariant, vip_desk: AssistantVariant
) -> None:
    rule("Everybody", vip_desk, priority=1)
    rule("Gold", sales, ("tier", "is", "gold"), priority=2)
    rule("Others", billing, priority=3)
    assert (destination(), destination("+13035550177")) == (SALES, BILLING)
    assert call_from("+13035550101").reason == "rule:Everybody"


def test_a_rule_can_be_for_such_requests_only(ada: Customer, billing: AssistantVariant, support_line: Line) -> None:
    rule("Billing", billing, ("transfer_request", "yes", ""))
    assert destination() == BILLING
    assert call_from("+13035550101").reason == "line-fallback"


def test_a_transfer_can_be_for_the_beginning_of_calls_only(ada: Customer, billing: AssistantVariant) -> None:
    rule("Billing", billing, ("transfer_request", "no", ""))
    assert call_from("+13035550101").reason == "rule:Billing"
    assert destination() == NOBODY


def test_pins_and_fallbacks_count_where_they_transfer(
    ada: Customer, billing: AssistantVariant, sales: AssistantVariant, support_line: Line
) -> None:
    assert destination() == NOBODY  # the line's fallback is an assistant
    Line.objects.update(fallback=billing)
    assert destination() == BILLING
    Pin.objects.create(customer=ada, variant=sales, until=timezone.now() + timedelta(days=1))
    assert destination() == SALES


def test_of_a_split_only_its_transfers_take_part(
    ada: Customer, billing: AssistantVariant, vip_desk: AssistantVariant
) -> None:
    split = RoutingRule.objects.create(name="Split", priority=1)
    Share.objects.create(rule=split, variant=vip_desk, weight=1000)
    Share.objects.create(rule=split, variant=billing, weight=1)
    assert destination() == BILLING


def test_in_an_emergency_rules_are_not_asked(ada: Customer, billing: AssistantVariant) -> None:
    rule("Everybody", billing)
    SiteSettings.objects.update(emergency=True)
    assert destination() == NOBODY


def test_who_was_blocked_meanwhile_is_not_transferred(ada: Customer, billing: AssistantVariant) -> None:
    rule("Everybody", billing)
    Customer.objects.update(blocked=True)
    assert destination() == NOBODY


def test_old_data_are_not_used(ada: Customer, billing: AssistantVariant, monkeypatch: pytest.MonkeyPatch) -> None:
    rule("Everybody", billing)
    monkeypatch.setattr(directory, "copy_age", lambda: 100 * 3600.0)
    assert destination() == NOBODY


def test_whatever_breaks_the_assistant_hears_a_sentence(
    support_line: Line, billing: AssistantVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    Line.objects.update(fallback=billing)
    monkeypatch.setattr(directory, "_from_copy", lambda _: 1 / 0)
    assert destination() == BILLING
    monkeypatch.setattr(live, "current", lambda: 1 / 0)
    assert destination() == NOBODY

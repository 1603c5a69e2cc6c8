"""Draft, publish, go back; and what callers hear meanwhile."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from assistants import live
from assistants.document import draft_document
from assistants.models import AssistantVariant, Line, Pin, Proposal, PublishedVersion, RoutingRule, SiteSettings
from assistants.publishing import (
    CannotPublish,
    approve,
    latest_version,
    propose,
    publish_draft,
    publish_first,
    restore,
    unpublished_changes,
)
from customers.models import Customer
from tests.conftest import call_from, rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def what_was_published_is_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here callers hear what was published, read anew at each call."""
    monkeypatch.setattr(live, "current", live.read)


@pytest.fixture
def grace() -> User:
    return User.objects.create_user("grace")


@pytest.fixture
def hugh() -> User:
    return User.objects.create_user("hugh")


def test_callers_hear_what_was_published_not_the_draft(ada: Customer, vip_desk: AssistantVariant) -> None:
    publish_first()
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    assert call_from("+13035550101").reason == "site-fallback"
    version = publish_draft(note="VIP desk for gold")
    answer = call_from("+13035550101")
    assert (answer.reason, version.number) == ("rule:Gold", 2)
    assert answer.json["assistantOverrides"]["metadata"]["version"] == 2


def test_a_new_installation_is_published_once() -> None:
    publish_first()
    publish_first()
    assert [version.number for version in PublishedVersion.objects.all()] == [1]


def test_without_a_version_the_caller_hears_an_apology() -> None:
    assert call_from("+13035550101").reason == "apology"


def test_changes_that_wait_are_counted_and_named(vip_desk: AssistantVariant) -> None:
    publish_first()
    assert unpublished_changes() == []
    stored = rule("Gold", vip_desk, ("tier", "is", "gold"))
    assert [str(change) for change in unpublished_changes()] == ["rule “Gold” added"]
    publish_draft(note="")
    stored.priority = 7
    stored.save()
    (change,) = unpublished_changes()
    assert [(detail.path, detail.before, detail.after) for detail in change.details] == [("priority", 100, 7)]


def test_a_broken_draft_cannot_be_published(vip_desk: AssistantVariant) -> None:
    publish_first()
    rule("Broken", vip_desk, ("joined_on", "is", "sometime"))
    with pytest.raises(CannotPublish, match="Broken / condition 1 / value: “sometime” is not a date") as refusal:
        publish_draft(note="")
    assert len(refusal.value.problems) == 1
    version = latest_version()
    assert version
    assert version.number == 1


def test_publishing_nothing_is_refused() -> None:
    publish_first()
    with pytest.raises(CannotPublish, match="There is nothing to publish"):
        publish_draft(note="")


def test_any_version_comes_back_in_one_step(ada: Customer, vip_desk: AssistantVariant) -> None:
    publish_first()
    first = PublishedVersion.objects.get(number=1)
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_draft(note="")
    back = restore(first, by=None)
    assert (back.number, back.note) == (3, "Back to version 1")
    assert call_from("+13035550101").reason == "site-fallback"
    assert draft_document() == first.document
    assert not RoutingRule.objects.exists()
    restore(PublishedVersion.objects.get(number=2), by=None)
    assert call_from("+13035550101").reason == "rule:Gold"


def test_a_second_person_approves_what_was_proposed(grace: User, hugh: User, vip_desk: AssistantVariant) -> None:
    publish_first()
    SiteSettings.objects.update(needs_approval=True)
    rule("Gold", vip_desk)
    with pytest.raises(CannotPublish, match="A second person must approve"):
        publish_draft(note="", by=grace)
    proposal = propose(note="Please", by=grace)
    rule("Later", vip_desk)
    with pytest.raises(CannotPublish, match="Somebody else"):
        approve(proposal, by=grace)
    version = approve(proposal, by=hugh)
    assert list(version.document["rules"]) == ["Gold"]
    assert (version.published_by, version.proposed_by, version.note) == (hugh, grace, "Please")
    assert not Proposal.objects.exists()


def test_switches_and_pins_act_without_publishing(
    ada: Customer, vip_desk: AssistantVariant, support_line: Line
) -> None:
    publish_first()
    pin = Pin.objects.create(customer=ada, variant=vip_desk, until=timezone.now() + timedelta(hours=1))
    assert call_from("+13035550101").reason == "pin"
    Line.objects.update(emergency=True)
    assert call_from("+13035550101").reason == "emergency"
    Line.objects.update(emergency=False)
    pin.delete()
    Pin.objects.create(number="+13035550101", variant=vip_desk, until=timezone.now() + timedelta(hours=1))
    assert call_from("+13035550101").reason == "pin"
    Pin.objects.update(until=timezone.now())
    assert call_from("+13035550101").reason == "line-fallback"


def test_the_order_of_rules_survives_publishing(vip_desk: AssistantVariant) -> None:
    for name in ("Zebra", "b", "A much longer name"):
        rule(name, vip_desk)
    publish_first()
    assert [rule.name for rule in live.read().ruleset.rules] == ["Zebra", "b", "A much longer name"]

"""Who would be answered differently by the draft than by what callers hear."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from assistants.compiling import compile_document
from assistants.document import draft_document
from assistants.impact import Comparison, Shift, comparisons, first_shift
from assistants.live import read_switches
from assistants.models import AssistantVariant, Line, Pin, RoutingRule, SiteSettings, Variable
from assistants.ruleset import NO_SWITCHES, Ruleset, Switches
from customers.directory import find_caller
from customers.models import Customer
from customers.phone_numbers import read_caller
from tests.conftest import customer, rule

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VIP_TO_FRONT, FRONT_TO_VIP = Shift("VIP desk", "Front desk"), Shift("Front desk", "VIP desk")


def as_it_stands() -> Ruleset:
    return compile_document(draft_document(), version=1)


def compared(before: Ruleset, *, at: datetime = NOW, switches: Switches = NO_SWITCHES) -> list[Comparison]:
    return comparisons(before=before, after=as_it_stands(), at=at, switches=switches)


def shift(
    numbers: Iterable[str], before: Ruleset, *, at: datetime = NOW, switches: Switches = NO_SWITCHES
) -> Shift | None:
    callers = (find_caller(read_caller(numbers=[number], sip_uris=[], region="US")) for number in numbers)
    return first_shift(callers=callers, among=compared(before, at=at, switches=switches), at=at, switches=switches)


ADA, GRACE = "+13035550101", "+13035550102"


@pytest.fixture
def before(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> Ruleset:
    """What callers hear: gold customers get the VIP desk, everybody else the support line's front desk."""
    customer("c002", "Grace Hopper", GRACE, tier="silver")
    SiteSettings.objects.update(fallback=support_line.fallback)
    rule("Gold", vip_desk, ("tier", "is", "gold"), priority=10)
    return as_it_stands()


def test_nothing_changed_asks_nobody(before: Ruleset) -> None:
    assert compared(before) == []


def test_a_rule_that_goes_moves_those_whom_it_matched(before: Ruleset) -> None:
    RoutingRule.objects.all().delete()
    assert shift([ADA], before) == VIP_TO_FRONT
    assert shift([GRACE], before) is None


def test_a_new_name_and_priority_of_a_rule_change_nobodys_answer(before: Ruleset) -> None:
    RoutingRule.objects.update(name="Golden", priority=5)
    assert shift([ADA], before) is None


def test_other_words_of_the_same_variant_count_as_changed(before: Ruleset, vip_desk: AssistantVariant) -> None:
    vip_desk.overrides = {"firstMessage": "Good day!"}
    vip_desk.save()
    assert shift([ADA], before) == Shift("VIP desk", "VIP desk")
    assert str(shift([ADA], before)) == "VIP desk, changed"
    assert shift([GRACE], before) is None


def test_another_default_changes_only_those_who_hear_it(before: Ruleset, vip_desk: AssistantVariant) -> None:
    customer("c003", "", "+13035550103", tier="gold")
    Variable.objects.filter(variant=vip_desk, name="customerName").update(default="dear caller")
    assert shift([ADA], before) is None
    assert shift(["+13035550103"], before) == Shift("VIP desk", "VIP desk")


def test_the_first_number_that_makes_a_difference_counts(before: Ruleset, vip_desk: AssistantVariant) -> None:
    customer("c004", "Carmen", "+13035550104", "+34911234567")
    rule("Spain", vip_desk, ("country", "is", "ES"), priority=20)
    assert shift(["+13035550104", "+34911234567"], before) == FRONT_TO_VIP
    assert shift(["+13035550104"], before) is None


def test_only_lines_on_which_something_changes_are_asked(before: Ruleset, vip_desk: AssistantVariant) -> None:
    sales = Line.objects.create(name="Sales", number="+13035550191", timezone="America/Denver")
    earlier = as_it_stands()
    rule("Silver", vip_desk, ("tier", "is", "silver"), priority=20).lines.add(sales)
    assert [each.lines for each in compared(earlier)] == [("Sales",)]
    assert shift([GRACE], earlier) == FRONT_TO_VIP


def test_lines_that_decide_alike_are_asked_once(before: Ruleset, front_desk: AssistantVariant) -> None:
    Line.objects.create(name="Sales", number="+13035550191", timezone="America/Denver", fallback=front_desk)
    Line.objects.create(name="Berlin", number="+4930123456", timezone="Europe/Berlin", fallback=front_desk)
    earlier = as_it_stands()
    RoutingRule.objects.all().delete()
    assert [each.lines for each in compared(earlier)] == [("Berlin",), ("Sales", "Support"), ("",)]


def test_a_rule_on_the_line_itself_tells_lines_apart(before: Ruleset, vip_desk: AssistantVariant) -> None:
    Line.objects.create(name="Sales", number="+13035550191", timezone="America/Denver")
    earlier = as_it_stands()
    rule("Sales only", vip_desk, ("line", "is", "Sales"), ("tier", "is", "silver"), priority=20)
    assert shift([GRACE], earlier) == FRONT_TO_VIP


def test_a_line_with_a_new_name_is_the_same_line(before: Ruleset) -> None:
    Line.objects.update(name="Help")
    assert compared(before) == []


def test_a_new_line_is_compared_with_what_its_number_got_before(before: Ruleset, vip_desk: AssistantVariant) -> None:
    Line.objects.create(name="Sales", number="+13035550191", fallback=vip_desk)
    assert [each.lines for each in compared(before)] == [("Sales",)]
    assert shift([GRACE], before) == FRONT_TO_VIP


def test_a_line_that_goes_leaves_its_callers_to_the_site(before: Ruleset, vip_desk: AssistantVariant) -> None:
    Line.objects.update(fallback=vip_desk)
    earlier = as_it_stands()
    Line.objects.all().delete()
    assert shift([GRACE], earlier) == VIP_TO_FRONT


def test_rules_are_judged_at_the_moment_that_is_asked_for(before: Ruleset, vip_desk: AssistantVariant) -> None:
    rule("Christmas", vip_desk, ("tier", "is", "silver"), priority=20, valid_from=NOW + timedelta(days=30))
    assert compared(before) == []
    assert shift([GRACE], before, at=NOW + timedelta(days=31)) == FRONT_TO_VIP


def test_a_rule_that_is_over_moves_nobody(before: Ruleset, vip_desk: AssistantVariant) -> None:
    rule("Summer", vip_desk, ("tier", "is", "silver"), priority=20, valid_until=NOW)
    assert compared(before) == []
    assert shift([GRACE], before, at=NOW - timedelta(seconds=1)) == FRONT_TO_VIP


def test_who_is_pinned_stays_where_the_pin_leads(before: Ruleset, ada: Customer, front_desk: AssistantVariant) -> None:
    Pin.objects.create(customer=ada, variant=front_desk, until=datetime(2100, 1, 1, tzinfo=UTC))
    RoutingRule.objects.all().delete()
    assert shift([ADA], before, switches=read_switches()) is None


def test_the_blocked_hear_another_refusal(before: Ruleset, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(blocked=True)
    refusal = AssistantVariant.objects.create(name="No", kind="refusal")
    SiteSettings.objects.update(refusal=refusal)
    assert shift([ADA], before) == Shift("the built-in refusal", "No")
    assert shift([GRACE], before) is None


def test_who_shares_a_number_gets_what_the_number_gets(before: Ruleset) -> None:
    customer("c005", "Bob", ADA, tier="silver")
    RoutingRule.objects.all().delete()
    assert shift([ADA], before) is None


def test_the_first_version_of_all_is_compared_with_an_apology(before: Ruleset) -> None:
    assert shift([ADA], Ruleset(0)) == Shift("an apology", "VIP desk")

"""Which of the last calls the draft would answer differently, as the Publish page asks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from assistants.admin import impact_on_calls, impact_page
from assistants.models import AssistantVariant, Line, Pin, RoutingRule, SiteSettings
from assistants.publishing import publish_first
from customers.models import Call, Customer
from tests.admin_forms import signed_in
from tests.assistants.test_impact_page import asked, granted
from tests.conftest import customer, rule

ADA, GRACE, NOBODY = "+13035550101", "+13035550102", "+13035550199"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def staff(client: Client, ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> Client:
    """Signed in; published: gold customers get the VIP desk, everybody else the front desk."""
    customer("c002", "Grace Hopper", GRACE, tier="silver")
    SiteSettings.objects.update(fallback=support_line.fallback)
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_first()
    return signed_in(client)


def call(number: str, *, line: str = "Support", at: datetime = NOON, **facts: Any) -> Call:
    """An inbound call that was recorded."""
    facts = {"type": "inbound"} | facts
    return Call.objects.create(vapi_id=f"call-{Call.objects.count()}", number=number, line=line, created_at=at, **facts)


def labels(client: Client) -> dict[str, int]:
    """How many calls would go from whom to whom."""
    return {shift["label"]: shift["count"] for shift in asked(client, calls=1)["shifts"]}


def test_calls_are_listed_by_who_answered_and_who_would(staff: Client, ada: Customer) -> None:
    for number in (ADA, GRACE, ADA):
        call(number)
    RoutingRule.objects.all().delete()
    answer = asked(staff, calls=1)
    assert answer["summary"] == "2 of the last 3 calls would be answered differently."
    url = f"/admin/customers/customer/{ada.pk}/change/"
    example = {"name": "Ada Example", "url": url, "at": NOON.isoformat(), "line": "Support"}
    assert answer["shifts"] == [{"label": "VIP desk \u2192 Front desk", "count": 2, "examples": [example] * 2}]
    assert answer["basis"] == asked(staff)["basis"]


def test_of_many_calls_the_latest_are_examples(staff: Client) -> None:
    for minutes in range(12):
        call(ADA, at=NOON - timedelta(minutes=minutes))
    RoutingRule.objects.all().delete()
    (shift,) = asked(staff, calls=1)["shifts"]
    assert (shift["count"], len(shift["examples"]), shift["examples"][0]["at"]) == (12, 10, NOON.isoformat())


def test_without_a_change_no_call_is_answered_differently(staff: Client) -> None:
    call(ADA)
    call(GRACE)
    assert asked(staff, calls=1)["summary"] == "0 of the last 2 calls would be answered differently."


def test_each_call_is_judged_at_its_own_moment(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Silver", vip_desk, ("tier", "is", "silver"), valid_from=NOON)
    call(GRACE, at=NOON)
    call(GRACE, at=NOON - timedelta(seconds=1))
    assert labels(staff) == {"Front desk \u2192 VIP desk": 1}


def test_each_call_is_judged_on_its_own_line(staff: Client, vip_desk: AssistantVariant) -> None:
    sales = Line.objects.create(name="Sales", number="+13035550191")
    publish_first()
    rule("Silver", vip_desk, ("tier", "is", "silver")).lines.add(sales)
    for line in ("Sales", "Support", "", "Long gone"):
        call(GRACE, line=line)
    (shift,) = asked(staff, calls=1)["shifts"]
    assert [each["line"] for each in shift["examples"]] == ["Sales"]


def test_a_line_with_a_new_name_is_still_the_call_s_line(staff: Client, vip_desk: AssistantVariant) -> None:
    call(GRACE)
    Line.objects.update(name="Help")
    assert labels(staff) == {}
    Line.objects.update(fallback=vip_desk)
    assert labels(staff) == {"Front desk \u2192 VIP desk": 1}


def test_a_line_that_takes_another_s_name_is_not_taken_for_it(staff: Client, vip_desk: AssistantVariant) -> None:
    Line.objects.update(name="Yesterday's support")
    Line.objects.create(name="Support", number="+13035550100", fallback=vip_desk)
    call(GRACE)
    assert labels(staff) == {}


def test_a_line_that_goes_leaves_its_calls_to_the_site(staff: Client, vip_desk: AssistantVariant) -> None:
    call(GRACE)
    SiteSettings.objects.update(fallback=vip_desk)
    assert labels(staff) == {}
    Line.objects.all().delete()
    assert labels(staff) == {"Front desk \u2192 VIP desk": 1}


def test_withheld_callers_are_judged_as_such(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Hidden", vip_desk, ("withheld", "yes", ""))
    call("")
    call(NOBODY)
    (shift,) = asked(staff, calls=1)["shifts"]
    assert [each["name"] for each in shift["examples"]] == ["withheld"]


def test_callers_nobody_knows_are_shown_by_number(staff: Client, vip_desk: AssistantVariant) -> None:
    SiteSettings.objects.update(fallback=vip_desk)
    Line.objects.update(fallback=vip_desk)
    call(NOBODY)
    ((example,),) = (shift["examples"] for shift in asked(staff, calls=1)["shifts"])
    assert (example["name"], "url" in example) == (NOBODY, False)


def test_without_the_right_to_see_customers_callers_are_masked(staff: Client) -> None:
    call(ADA)
    RoutingRule.objects.all().delete()
    answer = asked(granted(staff, "view_publishedversion"), calls=1)
    (example,) = answer["shifts"][0]["examples"]
    assert (example["name"], "url" in example) == ("+1303\u202601", False)
    assert not any(secret in str(answer) for secret in ("Ada", ADA))


def test_a_pin_holds_for_past_calls_too(staff: Client, ada: Customer, vip_desk: AssistantVariant) -> None:
    call(ADA)
    Pin.objects.create(customer=ada, variant=vip_desk, until=datetime(2100, 1, 1, tzinfo=UTC))
    RoutingRule.objects.all().delete()
    assert labels(staff) == {}


def test_calls_without_a_line_on_record_are_counted(staff: Client) -> None:
    call(ADA, line="")
    call(ADA)
    answer = asked(staff, calls=1)
    assert (answer["asked"], answer["without_line"]) == (2, 1)


def test_the_latest_calls_are_asked_as_many_as_there_is_time_for(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(GRACE, at=NOON - timedelta(days=1))
    call(ADA)
    RoutingRule.objects.all().delete()
    monkeypatch.setattr(impact_on_calls, "MOST_CALLS", 1)
    assert asked(staff, calls=1)["summary"] == "The last call would be answered differently."
    monkeypatch.setattr(impact_on_calls, "MOST_CALLS", 200)
    monkeypatch.setattr(impact_page, "_SLICE_S", 0)
    assert asked(staff, calls=1)["asked"] == 1


def test_a_draft_that_cannot_be_published_judges_no_call(staff: Client) -> None:
    Line.objects.update(timezone="Mars/Base")
    assert "mend this" in asked(staff, calls=1)["problem"]

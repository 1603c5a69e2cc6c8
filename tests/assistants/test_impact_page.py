"""The slices in which the Publish page counts who would be answered differently."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from assistants.admin import impact_page
from assistants.models import AssistantVariant, Condition, Line, RoutingRule, SiteSettings
from assistants.publishing import propose, publish_first
from customers.models import Customer
from tests.admin_forms import signed_in
from tests.conftest import customer, rule


@pytest.fixture
def staff(client: Client, ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> Client:
    """Signed in; published: gold customers get the VIP desk, everybody else the front desk."""
    customer("c002", "Grace Hopper", "+13035550102", tier="silver")
    SiteSettings.objects.update(fallback=support_line.fallback)
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_first()
    return signed_in(client)


def asked(client: Client, **question: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(reverse("admin:assistants_impact"), question).json()
    return answer


def granted(client: Client, *names: str) -> Client:
    """The client as somebody who is no superuser."""
    user = User.objects.create(username="val", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return client


def test_customers_are_listed_by_who_answered_and_who_would(staff: Client, ada: Customer) -> None:
    RoutingRule.objects.all().delete()
    answer = asked(staff)
    assert answer["summary"] == "1 of 2 customers would be answered differently."
    example = {"name": "Ada Example", "url": f"/admin/customers/customer/{ada.pk}/change/"}
    assert answer["shifts"] == [{"label": "VIP desk → Front desk", "count": 1, "examples": [example]}]
    assert (answer["lines"], answer["other_numbers"], answer["after"]) == (["Support"], True, None)


def test_without_a_change_nobody_is_asked(staff: Client) -> None:
    answer = asked(staff)
    assert answer["summary"] == "0 of 2 customers would be answered differently."
    assert (answer["lines"], answer["other_numbers"], answer["shifts"]) == ([], False, [])


def test_slices_add_up(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    RoutingRule.objects.all().delete()
    monkeypatch.setattr(impact_page, "_SLICE_S", 0)  # one customer each
    first = asked(staff)
    assert (first["asked"], first["expected"], first["changed"], first["summary"]) == (1, 2, 1, "")
    last = asked(staff, **{name: first[name] for name in ("at", "after", "asked", "changed", "total")})
    assert (last["after"], last["summary"]) == (None, "1 of 2 customers would be answered differently.")
    assert [shift["count"] for answer in (first, last) for shift in answer["shifts"]] == [1]


def test_another_draft_has_another_basis(staff: Client) -> None:
    before = asked(staff)["basis"]
    assert asked(staff)["basis"] == before
    RoutingRule.objects.all().delete()
    assert asked(staff)["basis"] != before


def test_what_was_proposed_is_judged_whatever_the_draft_became(staff: Client) -> None:
    RoutingRule.objects.all().delete()
    proposal = propose(note="No VIP desk", by=User.objects.get())
    rule("Gold", AssistantVariant.objects.get(name="VIP desk"), ("tier", "is", "gold"))
    assert asked(staff)["changed"] == 0
    assert asked(staff, proposal=proposal.pk)["changed"] == 1
    assert asked(staff, proposal=proposal.pk + 1)["problem"].startswith("This proposal no longer waits")


def test_a_draft_that_cannot_be_published_says_what_to_mend(staff: Client) -> None:
    Condition.objects.update(trait="charm")
    assert asked(staff)["problem"].startswith("Before anybody can say whom it changes, mend this: rules / Gold / ")


@pytest.mark.parametrize("question", [{"at": "soon"}, {"after": "-1"}, {"total": "x"}, {"after": "9" * 30}])
def test_a_senseless_question_gets_a_sentence(staff: Client, question: dict[str, str]) -> None:
    assert asked(staff, **question)["problem"].startswith(f"This cannot be counted. {next(iter(question))}: ")


def test_an_emergency_hides_no_impact(staff: Client) -> None:
    RoutingRule.objects.all().delete()
    SiteSettings.objects.update(emergency=True)
    Line.objects.update(emergency=True)
    assert asked(staff)["changed"] == 1


def test_names_are_for_those_who_may_see_customers(staff: Client) -> None:
    RoutingRule.objects.all().delete()
    without_names = asked(granted(staff, "view_publishedversion"))["shifts"][0]
    assert (without_names["count"], without_names["examples"]) == (1, [])


def test_who_may_see_no_versions_is_refused(staff: Client) -> None:
    refused = granted(staff, "view_customer").get(reverse("admin:assistants_impact"))
    assert refused.status_code == 403


def test_of_many_customers_some_are_examples(staff: Client) -> None:
    for n in range(25):
        customer(f"g{n}", f"Gold {n}", f"+1303555{2000 + n}", tier="gold")
    RoutingRule.objects.all().delete()
    (shift,) = asked(staff)["shifts"]
    assert (shift["count"], len(shift["examples"])) == (26, 20)


def test_of_too_many_customers_a_sample_is_asked(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("assistants.admin.impact_page", "customers.everybody"):
        monkeypatch.setattr(f"{module}.MOST_ASKED", 30)
    for n in range(58):
        customer(f"g{n}", f"Gold {n}", f"+1303555{2000 + n}", tier="gold")
    RoutingRule.objects.all().delete()
    answer = asked(staff)
    assert answer["is_sample"]
    assert 27 <= answer["asked"] <= 33
    assert f"by a sample of {answer['asked']} of 60" in answer["summary"]

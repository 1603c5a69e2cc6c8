"""Results by variant, and how often each rule matched."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from assistants.models import AssistantVariant
from customers.models import Call
from tests.admin_forms import signed_in
from tests.conftest import rule

pytestmark = pytest.mark.django_db
PAGE = "/admin/results/"


def listed(client: Client, address: str) -> list[str]:
    """The calls to which a link of the page leads."""
    return [each.vapi_id for each in client.get(html.unescape(address)).context["cl"].result_list]


@pytest.fixture
def calls(db: None) -> None:
    for number in range(101):
        Call.objects.create(vapi_id=f"a-{number}", variant="A", rule="Half & half", version=3, outcome="hung-up")
    Call.objects.create(vapi_id="b", variant="B", rule="Half & half", version=3, success="true", outcome="failed")


def test_each_number_leads_to_its_calls(client: Client, calls: None) -> None:
    page = signed_in(client).get(PAGE)
    assert [(row.variant, row.few) for row in page.context["versions"]] == [("A", False), ("B", True)]
    assert [row.of for row in page.context["splits"]] == ["Half & half", "Half & half"]
    addresses = re.findall(r'href="(/admin/customers/call/[^"]*outcome=failed)"', page.content.decode())
    assert len(addresses) == 2  # by rule and by version
    for address in addresses:
        assert listed(client, address) == ["b"]


def test_calls_of_no_version_lead_to_no_others(client: Client, calls: None) -> None:
    Call.objects.create(vapi_id="older", variant="B", outcome="failed")
    page = signed_in(client).get(PAGE).content.decode()
    addresses = re.findall(r'href="(/admin/customers/call/[^"]*version[^"]*outcome=failed)"', page)
    assert [listed(client, address) for address in addresses] == [["b"], ["older"]]


def test_the_same_as_csv(client: Client, calls: None) -> None:
    answer = signed_in(client).get(f"{PAGE}?format=csv")
    assert answer["Content-Type"] == "text/csv"
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("variant,version,calls,median_s,judged,passed,answered,hung-up,")
    assert lines[2].startswith("B,3,1,,1,1,0,0,")


def test_results_are_for_who_may_see_calls(client: Client) -> None:
    client.force_login(User.objects.create_user("kim", is_staff=True))
    assert client.get(PAGE).status_code == 403


def test_the_rules_list_says_how_often_each_matched(client: Client, calls: None) -> None:
    desk = AssistantVariant.objects.create(name="A", kind="saved-assistant", vapi_id="a")
    rule("Half & half", desk)
    rule("Never", desk)
    Call.objects.create(vapi_id="c", rule="Half & half", created_at=timezone.now() - timedelta(days=8))
    page = signed_in(client).get("/admin/assistants/routingrule/")
    assert [each.matched for each in page.context["cl"].result_list] == [102, 0]
    [address] = re.findall(r'href="([^"]*/customers/call/[^"]*)"[^>]*>102</a>', page.content.decode())
    assert client.get(html.unescape(address)).context["cl"].result_count == 102

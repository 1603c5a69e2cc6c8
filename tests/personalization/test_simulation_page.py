"""The admin's page that simulates a call."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django.fixtures import SettingsWrapper

from assistants import live
from assistants.models import AssistantVariant, Line, RoutingRule
from assistants.publishing import publish_first
from customers.models import ContactPoint, Customer
from tests.admin_forms import signed_in
from tests.conftest import call_from, rule

pytestmark = pytest.mark.django_db
PAGE = "/admin/simulate/"


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


@pytest.fixture
def story(ada: Customer, vip_desk: AssistantVariant, support_line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "current", live.read)
    rule("Silver", vip_desk, ("tier", "is", "silver"))
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_first()


def ask(client: Client, **question: str) -> Any:
    return client.get(f"{PAGE}?{urlencode({'number': '+13035550101', 'line': 'Support'} | question)}")


def text(page: Any) -> str:
    """What the page says, without tags and in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page.content.decode())).split())


def complaints(page: Any) -> dict[str, str]:
    return {field: " ".join(errors) for field, errors in page.context["form"].errors.items()}


def test_the_first_visit_shows_an_empty_form(staff: Client, story: None) -> None:
    page = staff.get(PAGE)
    assert page.context["results"] == []
    assert not page.context["form"].is_bound


@pytest.mark.parametrize(("region", "chosen"), [("US", "Support"), ("DE", "Hilfe"), ("FR", "Accueil")])
def test_a_line_in_the_region_of_this_server_is_chosen_first(
    staff: Client, story: None, settings: SettingsWrapper, region: str, chosen: str
) -> None:
    settings.DEFAULT_REGION = region
    Line.objects.create(name="Accueil", number="+33142680190", region="CH")
    Line.objects.create(name="Hilfe", number="+4930901820190", region="DE")
    assert staff.get(PAGE).context["form"]["line"].value() == chosen


def test_it_says_who_answers_and_why(staff: Client, story: None) -> None:
    said = text(ask(staff, number="(303) 555-0101", at="2026-06-03T09:00"))
    assert "The rule “Gold” is the first that matches: account type is gold." in said
    assert "Wed 3 Jun 2026, 09:00 in America/Denver, on the line “Support”" in said
    assert "Wanted: account type is silver. It is: gold" in said
    assert "customerName Ada Example known of the customer: name" in said


def test_the_bytes_shown_are_the_webhook_s(staff: Client, story: None) -> None:
    page = ask(staff)
    shown = re.search(r'id="exact-1".*?>(.*?)</pre>', page.content.decode(), re.DOTALL)
    answered = call_from("+13035550101")
    decision_id = answered.json["assistantOverrides"]["metadata"]["decisionId"]
    assert shown
    assert html.unescape(shown[1]) == answered.body.decode().replace(decision_id, "simulated")


def test_customer_rule_and_variant_lead_to_their_pages(
    staff: Client, story: None, ada: Customer, vip_desk: AssistantVariant
) -> None:
    content = ask(staff).content.decode()
    assert f'href="/admin/customers/customer/{ada.pk}/change/"' in content
    assert f'href="/admin/assistants/assistantvariant/{vip_desk.pk}/change/"' in content
    gold = RoutingRule.objects.get(name="Gold")
    assert re.search(rf'href="/admin/assistants/routingrule/{gold.pk}/change/"[^>]*>Gold<', content)


def test_a_rule_that_is_no_longer_in_the_draft_has_no_link(staff: Client, story: None) -> None:
    RoutingRule.objects.filter(name="Gold").delete()
    assert "Gold (no longer in the draft)" in text(ask(staff))


def test_a_draft_is_marked(staff: Client, story: None) -> None:
    assert "Draft: callers do not hear this yet" in text(ask(staff, by="draft"))
    assert "Draft: callers do not hear this yet" not in text(ask(staff))


def test_published_and_draft_stand_side_by_side(staff: Client, story: None, front_desk: AssistantVariant) -> None:
    assert "Nothing: Vapi gets the same answer, byte for byte." in text(ask(staff, by="both"))
    rule("First", front_desk, priority=1)
    page = ask(staff, by="both")
    assert "Today: “VIP desk” answers (rule:Gold). After publishing: “Front desk” answers (rule:First)." in text(page)
    assert '<p class="removed">-  &quot;assistantId&quot;: &quot;asst_vip&quot;' in page.content.decode()
    assert [shown.simulation.is_draft for shown in page.context["results"]] == [False, True]


def test_a_draft_with_problems_says_so_and_the_published_version_is_shown(
    staff: Client, story: None, front_desk: AssistantVariant
) -> None:
    rule("Broken", front_desk, ("joined_on", "is", "sometime"))
    page = ask(staff, by="both")
    assert "before this is mended: rules / Broken" in complaints(page)["by"]
    assert [shown.simulation.is_draft for shown in page.context["results"]] == [False]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "??", "“??” is no telephone number, no SIP address and no trunk's identity."),
        ("line", "Sales", "There is no “Sales”: choose from the list."),
        ("at", "noon", "“noon” is not a time: write it as 2026-12-24T20:00"),
        ("at", "2026-06-03T09:00Z", "choose its time zone beside it"),
        ("at", "2026-03-08T02:30", "Clocks in America/Denver skip 02:30 on that day"),
        ("zone", "Mars/Base", "There is no “Mars/Base”: choose from the list."),
        ("by", "guess", "“guess” is none of published, draft and both."),
        ("sip_headers", "hello", "Line 1, “hello”, is no header"),
        ("number", "\x00", "Null characters are not allowed."),
    ],
)
def test_bad_input_is_explained_at_its_field(staff: Client, story: None, field: str, value: str, sentence: str) -> None:
    page = ask(staff, **{field: value})
    assert list(complaints(page)) == [field]
    assert sentence in text(page)
    assert page.context["results"] == []


def test_an_empty_number_is_a_withheld_one(staff: Client, story: None) -> None:
    assert "The number is withheld, so nobody is looked up." in text(ask(staff, number=""))


def test_a_time_may_be_given_in_another_zone(staff: Client, story: None) -> None:
    assert "Wed 3 Jun 2026, 09:00 in America/Denver" in text(ask(staff, at="2026-06-03T15:00", zone="UTC"))


def test_the_very_moment_can_be_linked(staff: Client, story: None) -> None:
    first = ask(staff)
    again = staff.get(PAGE + first.context["lasting_link"])
    moments = [page.context["results"][0].simulation.decision.facts.at for page in (first, again)]
    assert moments[0] == moments[1] <= datetime.now(UTC)
    assert again.context["lasting_link"] == ""


def test_a_line_with_a_new_name_in_the_draft_is_found_by_its_number(staff: Client, story: None) -> None:
    Line.objects.update(name="Help")
    assert "on the line “Support”" in text(ask(staff, line="Help"))
    assert "on the line “Help”" in text(ask(staff, line="Help", by="draft"))


def test_an_inactive_customer_is_shown_as_one_who_counts_as_unknown(staff: Client, story: None, ada: Customer) -> None:
    Customer.objects.update(active=False)
    said = text(ask(staff))
    assert "No active customer has +13035550101." in said
    assert "inactive: counts as unknown" in said


def test_values_fixed_in_the_overrides_are_listed(staff: Client, story: None, vip_desk: AssistantVariant) -> None:
    vip_desk.overrides = {"variableValues": {"desk": "seven", "customerName": "nobody"}}
    vip_desk.save()
    said = text(ask(staff, by="draft"))
    assert "desk seven fixed in the variant's overrides" in said
    assert "customerName Ada Example known of the customer: name" in said


def test_markup_in_customer_data_stays_text(staff: Client, story: None, ada: Customer) -> None:
    Customer.objects.update(name="<script>alert(1)</script>")
    content = ask(staff).content.decode()
    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content


@pytest.mark.parametrize(
    ("permissions", "status"),
    [(["view_routingrule", "view_customer"], 200), (["view_customer"], 403), (["view_routingrule"], 403), ([], 403)],
)
def test_staff_who_see_rules_and_customers_may_simulate(
    client: Client, story: None, permissions: list[str], status: int
) -> None:
    kim = User.objects.create(username="kim", is_staff=True)
    kim.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(kim)
    assert ask(client).status_code == status
    assert ("/admin/simulate/" in client.get("/admin/").content.decode()) == (status == 200)


def test_others_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == "/admin/login/?next=/admin/simulate/"


def test_the_result_is_kept_in_no_cache_and_the_page_runs_no_script_of_its_own(staff: Client, story: None) -> None:
    page = ask(staff)
    assert "no-store" in page["Cache-Control"]
    content = page.content.decode()
    ours = content[content.index('<div class="simulation">') :]
    ours = ours[: ours.index("</article>")]
    assert "<script" not in ours
    assert not re.search(r"\s(on\w+|x-\w+|style)=", re.sub(r"<pre.*?</pre>", "", ours, flags=re.DOTALL))


def test_a_customer_s_page_leads_here(staff: Client, story: None, ada: Customer) -> None:
    ContactPoint.objects.create(customer=ada, kind="sip", value="sip:ada@example.com")
    content = staff.get(f"/admin/customers/customer/{ada.pk}/change/").content.decode()
    for address in ("%2B13035550101", "sip%3Aada%40example.com"):
        assert f'href="/admin/simulate/?number={address}"' in content


def test_no_log_line_holds_the_number(client: Client, story: None, caplog: pytest.LogCaptureFixture) -> None:
    client.force_login(User.objects.create(username="kim", is_staff=True))
    with caplog.at_level("DEBUG"):
        assert ask(client).status_code == 403
    assert "/admin/simulate/" in caplog.text
    assert "3035550101" not in caplog.text

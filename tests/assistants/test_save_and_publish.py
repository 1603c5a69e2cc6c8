"""The forms of the draft: publishing at once, when callers hear it, and the bar that says what waits."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistants.models import AssistantVariant, PublishedVersion, RoutingRule, SiteSettings
from assistants.publishing import publish_draft, publish_first
from tests.admin_forms import save, sentences, signed_in
from tests.assistants.publishing_pages import PUBLISH, RULES, VERSIONS, decide, numbers, person, words
from tests.conftest import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    publish_first()
    return signed_in(client)


# Save and publish


def test_a_rule_is_saved_and_published_at_once(staff: Client, vip_desk: AssistantVariant) -> None:
    publish_draft(note="")
    response = save(staff, f"{RULES}add/", {"name": "Gold", "variant": vip_desk.pk, "_publish": "x"})
    assert "Version 3 is published: callers hear it now." in sentences(response)
    assert PublishedVersion.objects.get(number=3).note == "rule “Gold”"
    gold = RoutingRule.objects.get()
    save(staff, f"{RULES}{gold.pk}/change/", {"name": "Golden", "_publish": "x"})
    assert list(PublishedVersion.objects.get(number=4).document["rules"]) == ["Golden"]


def test_where_other_changes_wait_saving_leads_to_the_page_that_shows_them(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    response = save(staff, f"{RULES}add/", {"name": "Gold", "variant": vip_desk.pk, "_publish": "x"})
    assert (response.headers["Location"], numbers()) == (PUBLISH, [1])
    assert "It is saved but not published: other changes wait too." in sentences(response)


def test_another_persons_change_of_the_same_rule_is_not_published_along(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    gold = rule("Gold", vip_desk)
    publish_draft(note="")
    grace = person("grace", "view_routingrule", "change_routingrule", "view_assistantvariant", "view_line")
    save(grace, f"{RULES}{gold.pk}/change/", {"priority": 5})
    response = save(staff, f"{RULES}{gold.pk}/change/", {"enabled": "", "_publish": "x"})
    assert (response.headers["Location"], numbers()) == (PUBLISH, [2, 1])


def test_where_a_second_person_must_approve_saving_leads_to_proposing(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    publish_draft(note="")
    SiteSettings.objects.update(needs_approval=True)
    response = save(staff, f"{RULES}add/", {"name": "Gold", "variant": vip_desk.pk, "_publish": "x"})
    assert "A second person must approve" in sentences(response)
    assert (response.headers["Location"], numbers()) == (PUBLISH, [2, 1])


def test_who_may_not_publish_saves_nothing_by_asking_for_it(staff: Client, vip_desk: AssistantVariant) -> None:
    grace = person("grace", "add_routingrule", "view_routingrule", "view_assistantvariant", "view_line")
    response = save(grace, f"{RULES}add/", {"name": "Gold", "variant": vip_desk.pk, "_publish": "x"})
    assert (response.status_code, RoutingRule.objects.count()) == (403, 0)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("/admin/assistants/holidaylist/add/", "Callers hear it once it is published."),
        (
            "/admin/assistants/line/add/",
            "The emergency switch acts at once; callers hear the rest once it is published.",
        ),
        ("/admin/assistants/pin/add/", "It acts at once."),
    ],
)
def test_every_form_says_when_callers_hear_it(
    staff: Client, vip_desk: AssistantVariant, url: str, sentence: str
) -> None:
    facts = {"name": "New", "dates": "2026-12-25", "number": "+13035550107", "variant": vip_desk.pk}
    facts |= {"until_0": "2030-01-01", "until_1": "00:00", "timezone": "UTC", "region": "US"}
    assert sentence in sentences(save(staff, url, facts))


def test_what_was_saved_is_still_a_link(staff: Client, vip_desk: AssistantVariant) -> None:
    page = staff.get(save(staff, f"{RULES}add/", {"name": "<b>Gold", "variant": vip_desk.pk}).headers["Location"])
    assert re.search('<a href="[^"]+">&lt;b&gt;Gold</a>” was added successfully. Callers hear', page.content.decode())


# The bar


def test_every_page_says_how_many_changes_wait(staff: Client, vip_desk: AssistantVariant) -> None:
    for page in ("/admin/", RULES, "/admin/customers/customer/", PUBLISH, VERSIONS, f"{VERSIONS}1/change/"):
        assert "1 unpublished change " in words(staff.get(page)), page
    rule("Gold", vip_desk)
    assert "2 unpublished changes " in words(staff.get("/admin/"))
    decide(staff)
    assert "unpublished change" not in words(staff.get("/admin/"))


def test_the_bar_reads_no_draft_while_nothing_changes(staff: Client, vip_desk: AssistantVariant) -> None:
    staff.get("/admin/auth/user/")
    with CaptureQueriesContext(connection) as queries:
        assert "1 unpublished change " in words(staff.get("/admin/auth/user/"))
    assert len([query for query in queries if '."revision"' in query["sql"]]) == 1
    assert not [query for query in queries if "assistants_variable" in query["sql"]]
